-- Read model of monitoring's releases: every published figure, the latest correction of each period.
-- Written only by the projection; rebuilt and compared by `samenspel events verify`.

create table published_figure (
    area text not null,
    indicator integer not null,
    period_kind text not null,
    period_end text not null,
    month text not null,
    correction integer not null,
    release_id uuid not null,
    published_at timestamptz not null,
    figure jsonb not null,
    primary key (area, indicator, period_kind, period_end)
);

alter table published_figure enable row level security;
alter table published_figure force row level security;
create policy system on published_figure to council_worker using (true) with check (true);
create policy everyone on published_figure for select to council_app using (true);
revoke insert, update, delete, truncate on published_figure from council_app;
