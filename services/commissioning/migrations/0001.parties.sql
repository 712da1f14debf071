-- Who asks, as row-level security sees it, and who takes part in what; regions and providers.

create function my_party() returns text
    language sql stable parallel safe
    return current_setting('samenspel.party', true);

-- The parties besides the owner that take part in a scenario, commission or agreement.
create table participant (
    subject uuid not null,
    party text not null,
    owner text not null,
    primary key (subject, party)
);
create index participant_by_party on participant (party, subject);

create function takes_part(about uuid) returns boolean
    language sql stable parallel safe
    return exists (select from participant where participant.subject = about and participant.party = my_party());

create table region (
    region_id text primary key,
    name text not null,
    formed_at timestamptz not null
);

create table region_municipality (
    region_id text not null references region,
    code text not null,
    name text not null,
    inhabitants integer not null check (inhabitants >= 0),
    primary key (region_id, code)
);
create index region_of_municipality on region_municipality (code);

create table provider (
    agb text primary key,
    name text not null,
    fictional boolean not null,
    registered_at timestamptz not null
);

create table capacity (
    provider text not null,
    provider_party text not null,
    product_code text not null,
    places integer not null,
    free integer not null,
    wait_days integer not null,
    stated_at timestamptz not null,
    primary key (provider, product_code)
);

-- What must happen before when, and whose it is. A workflow owns it when there is one; else people do.
create table deadline (
    -- <aggregate>/<identifier>[/<year>]; in byte order, so that all of one aggregate lies together.
    subject text collate "C" not null,
    kind text not null,
    due timestamptz not null,
    party text not null,
    rule text not null,
    workflow text,
    done_at timestamptz,
    primary key (subject, kind)
);
create index deadline_open on deadline (due) where done_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['participant', 'region', 'region_municipality', 'provider', 'capacity', 'deadline'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to commissioning_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy party on participant for select to commissioning_app using (party = my_party() or owner = my_party());
create policy owner on participant for insert to commissioning_app with check (owner = my_party());
create policy release on participant for delete to commissioning_app using (owner = my_party());

-- Who works together and who provides is public; writing is for the region itself.
create policy everyone on region for select to commissioning_app using (true);
create policy own on region for insert to commissioning_app with check ('region:' || region_id = my_party());
create policy change on region for update to commissioning_app using ('region:' || region_id = my_party());
create policy everyone on region_municipality for select to commissioning_app using (true);
create policy own on region_municipality for insert to commissioning_app
    with check ('region:' || region_id = my_party());
create policy change on region_municipality for update to commissioning_app using ('region:' || region_id = my_party());
create policy leave on region_municipality for delete to commissioning_app using ('region:' || region_id = my_party());

create policy everyone on provider for select to commissioning_app using (true);
-- A commissioner may register a provider that it has an agreement with; only the provider changes its own name.
create policy new on provider for insert to commissioning_app
    with check ('provider:' || agb = my_party() or my_party() like 'municipality:%' or my_party() like 'region:%');
create policy own on provider for update to commissioning_app using ('provider:' || agb = my_party());

-- A provider sees its own statement; no provider sees a competitor's (OV 3.10.4).
create policy commissioner on capacity for select to commissioning_app
    using (my_party() like 'municipality:%' or my_party() like 'region:%');
create policy own on capacity to commissioning_app
    using (provider_party = my_party()) with check (provider_party = my_party());
