-- Reporting rounds and the outcomes that providers report in them.

create table reporting_round (
    round_id uuid primary key,
    region_id text not null,
    month date not null,
    municipalities text[] not null,
    providers text[] not null,
    opened_at timestamptz not null,
    remind_at timestamptz not null,
    closes_at timestamptz not null,
    publish_at timestamptz not null,
    reminded_at timestamptz,
    closed_at timestamptz,
    published_at timestamptz,
    unique (region_id, month)
);
create index round_by_month on reporting_round (month desc, round_id);

-- region_id and municipalities are copied, so that no policy needs to look into another table.
create table round_provider (
    round_id uuid not null references reporting_round,
    provider text not null,
    region_id text not null,
    municipalities text[] not null,
    month date not null,
    outcomes integer,
    reported_at timestamptz,
    closed_at timestamptz,
    primary key (round_id, provider)
);
create index rounds_of_provider on round_provider (provider, month);

create table outcome (
    referral_id uuid not null,
    provider text not null,
    municipality text not null,
    ended_on date not null,
    usefulness integer check (usefulness between 1 and 10),
    without_help text check (without_help in ('01', '02', '03', '04')),
    reported_at timestamptz not null,
    primary key (referral_id, provider)
);
create index outcome_of_provider on outcome (provider, ended_on);

-- What must happen before when, and whose it is. The workflow of the round owns its steps.
create table deadline (
    subject text not null,
    kind text not null,
    due timestamptz not null,
    party text not null,
    rule text not null,
    workflow text,
    done_at timestamptz,
    primary key (subject, kind)
);
create index deadline_open on deadline (due, subject, kind) where done_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['reporting_round', 'round_provider', 'outcome', 'deadline'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to monitoring_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy party on reporting_round for select to monitoring_app
    using (my_provider() = any (providers) or my_municipality() = any (municipalities)
           or 'region:' || region_id = my_party());
create policy region on reporting_round to monitoring_app
    using ('region:' || region_id = my_party()) with check ('region:' || region_id = my_party());

create policy party on round_provider for select to monitoring_app
    using (provider = my_provider() or my_municipality() = any (municipalities)
           or 'region:' || region_id = my_party());
create policy region on round_provider for insert to monitoring_app
    with check ('region:' || region_id = my_party());
create policy own on round_provider for update to monitoring_app
    using (provider = my_provider()) with check (provider = my_provider());

create policy party on outcome for select to monitoring_app
    using (provider = (select my_provider()) or municipality = (select my_municipality()));
create policy own on outcome to monitoring_app
    using (provider = (select my_provider())) with check (provider = (select my_provider()));

create policy own on deadline to monitoring_app using (party = my_party()) with check (party = my_party());
-- A region that opens a round makes promises for its providers too.
create policy region on deadline for insert to monitoring_app with check (my_party() like 'region:%');
