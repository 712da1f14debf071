-- Read models of what happened. Written only by the projection, a change at a time; rebuilt and compared by
-- `samenspel events verify`. No pseudonym of a client stands here: counting needs none.

-- The memory that pairs an allocation with its start and stop.
create table trajectory (
    referral_id uuid not null,
    allocation_number bigint not null,
    municipality text not null,
    provider text not null,
    category text not null,
    granted_on date,
    start_due timestamptz,
    left_on date,
    started_on date,
    paused boolean not null,
    stopped_on date,
    stop_reason text,
    outcome_due boolean not null,
    primary key (referral_id, allocation_number)
);
create index trajectory_by_number on trajectory (municipality, allocation_number);
create index outcome_due_of_provider on trajectory (provider, stopped_on, referral_id) where outcome_due;

-- The latest outcome that was counted, so that a corrected one replaces it.
create table counted_outcome (
    referral_id uuid not null,
    provider text not null,
    municipality text not null,
    ended_on date not null,
    usefulness integer,
    without_help text,
    primary key (referral_id, provider)
);

-- The additive measures (domain/measures.py). A row that comes to zero is deleted.
create table measure_month (
    municipality text not null,
    month date not null,
    measure text not null,
    provider text not null,
    value bigint not null,
    primary key (municipality, month, measure, provider)
);
create index measure_of_provider on measure_month (provider, month);

-- How many starts waited how many days: medians of any area and period come from adding these up.
create table waiting_month (
    municipality text not null,
    month date not null,
    provider text not null,
    days integer not null,
    starts bigint not null,
    primary key (municipality, month, provider, days)
);
create index waiting_of_provider on waiting_month (provider, month);

-- How many events stand behind a month, per kind, and when the last was logged.
create table evidence_month (
    municipality text not null,
    month date not null,
    provider text not null,
    stream text not null,
    events bigint not null,
    last_event_at timestamptz not null,
    primary key (municipality, month, provider, stream)
);
create index evidence_of_provider on evidence_month (provider, month);

do $$
declare
    name text;
begin
    foreach name in array array['trajectory', 'counted_outcome', 'measure_month', 'waiting_month',
                                'evidence_month'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to monitoring_worker using (true) with check (true)', name);
        execute format('revoke insert, update, delete, truncate on %I from monitoring_app', name);
    end loop;
    -- Totals: a region sees those of its municipalities.
    foreach name in array array['measure_month', 'waiting_month', 'evidence_month'] loop
        execute format('create policy party on %I for select to monitoring_app
                        using (provider = (select my_provider())
                               or municipality = any ((select my_municipalities())::text[]))', name);
    end loop;
end $$;

-- Cases: only who allocated and who delivers.
create policy party on trajectory for select to monitoring_app
    using (provider = (select my_provider()) or municipality = (select my_municipality()));
create policy party on counted_outcome for select to monitoring_app
    using (provider = (select my_provider()) or municipality = (select my_municipality()));
