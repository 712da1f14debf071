-- The journeys, the allocations made in them, and what must happen before when.
-- No personal data: a client is the vault's own identifier, and names live in the vault only.

create table referral (
    referral_id uuid primary key,
    municipality text not null,
    provider text not null,
    client_id uuid not null,
    -- The names of the client for two purposes: in events, and in the API.
    client_stream uuid not null,
    client_dossier uuid not null,
    status text not null,
    law text not null,
    product_code text not null,
    category text not null,
    unit text not null,
    frequency text not null,
    volume integer not null,
    total_units bigint not null,
    referrer text not null,
    channel text not null,
    desired_start date not null,
    desired_end date,
    requested_at timestamptz not null,
    decision_due timestamptz,
    request_reference text,
    allocation_number bigint,
    granted_at timestamptz,
    starts_on date,
    ends_on date,
    accept_due timestamptz,
    start_due timestamptz,
    accepted_at timestamptz,
    started_on date,
    start_reported_at timestamptz,
    stopped_on date,
    stop_reason text,
    stop_reported_at timestamptz,
    reason text,
    ended_at timestamptz,
    offers integer not null,
    declined_by text[] not null,
    reminded text[] not null,
    escalated text[] not null,
    -- The worklists of both parties, computed by the domain with every change.
    provider_task text,
    provider_due timestamptz,
    municipality_task text,
    municipality_due timestamptz,
    changed_at timestamptz not null
);
create index referral_of_municipality on referral (municipality, requested_at desc, referral_id desc);
create index referral_of_provider on referral (provider, requested_at desc, referral_id desc);
create index referral_of_client on referral (client_id);
create index worklist_of_provider on referral (provider, provider_task, provider_due, referral_id)
    where provider_task is not null;
create index worklist_of_municipality on referral (municipality, municipality_task, municipality_due, referral_id)
    where municipality_task is not null;

-- Every allocation ever made: its number is unique in its municipality and never used again.
create table allocation (
    municipality text not null,
    number bigint not null,
    referral_id uuid not null references referral,
    provider text not null,
    granted_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (municipality, number)
);
create index allocation_of_referral on allocation (referral_id);

create table allocation_counter (
    municipality text primary key,
    last bigint not null
);

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
    foreach name in array array['referral', 'allocation', 'allocation_counter', 'deadline'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy party on referral to referral_app
    using (municipality = my_municipality() or provider = my_provider());
create policy party on allocation to referral_app
    using (municipality = my_municipality() or provider = my_provider());
create policy party on allocation_counter to referral_app
    using (municipality = my_municipality());
-- A promise is shown to the party that made it; the acts of the other side of a journey move it too.
create policy seen on deadline for select to referral_app
    using (party = my_party() or exists (select from referral where referral_id = subject::uuid));
create policy made on deadline for insert to referral_app
    with check (exists (select from referral where referral_id = subject::uuid));
create policy moved on deadline for update to referral_app
    using (exists (select from referral where referral_id = subject::uuid));
