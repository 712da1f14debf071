-- What was released: frozen per area and month. Nothing here is ever updated; a correction is a new release.

create table release (
    release_id uuid primary key,
    region_id text not null,
    area text not null,
    month date not null,
    correction integer not null,
    published_at timestamptz not null,
    unique (area, month, correction)
);
create index release_by_time on release (published_at desc, release_id desc);

create table release_figure (
    release_id uuid not null references release,
    region_id text not null,
    area text not null,
    month date not null,
    correction integer not null,
    indicator integer not null,
    figure jsonb not null,
    primary key (area, indicator, month, correction)
);
create index figures_of_release on release_figure (release_id);
create index figures_of_region on release_figure (region_id, indicator, month);

-- How the providers of a region do on one indicator, without names: quartiles of at least five.
create table peer_spread (
    region_id text not null,
    month date not null,
    correction integer not null,
    indicator integer not null,
    peers integer not null,
    lower_quartile double precision not null,
    median double precision not null,
    upper_quartile double precision not null,
    primary key (region_id, month, correction, indicator)
);

do $$
declare
    name text;
begin
    foreach name in array array['release', 'release_figure', 'peer_spread'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('revoke update, delete, truncate on %I from monitoring_app, monitoring_worker', name);
        execute format('create policy region on %I for insert to monitoring_app
                        with check (''region:'' || region_id = my_party())', name);
        execute format('create policy system on %I to monitoring_worker using (true) with check (true)', name);
    end loop;
end $$;

-- Published means public.
create policy everyone on release for select to monitoring_app using (true);
create policy everyone on release_figure for select to monitoring_app using (true);
create policy providers on peer_spread for select to monitoring_app using (my_provider() is not null or 'region:' || region_id = my_party());
