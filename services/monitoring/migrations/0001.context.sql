-- Who asks, as row-level security sees it; and what other services told: regions, agreements, frames, scenarios.

create function my_party() returns text
    language sql stable parallel safe
    return current_setting('samenspel.party', true);

create function my_municipality() returns text
    language sql stable parallel safe
    return case when current_setting('samenspel.party', true) like 'municipality:%'
                then substr(current_setting('samenspel.party', true), 14) end;

create function my_provider() returns text
    language sql stable parallel safe
    return case when current_setting('samenspel.party', true) like 'provider:%'
                then substr(current_setting('samenspel.party', true), 10) end;

create table region (
    region_id text primary key,
    name text not null
);

create table region_municipality (
    region_id text not null,
    municipality text not null,
    name text not null,
    inhabitants integer not null,
    primary key (region_id, municipality)
);
create index region_of_municipality on region_municipality (municipality, region_id);

-- The municipalities whose totals the asking party may see: its own, or those of the region that it is.
create function my_municipalities() returns text[]
    language sql stable parallel safe
    return case
        when my_municipality() is not null then array[my_municipality()]
        when my_party() like 'region:%' then
            (select coalesce(array_agg(member.municipality), '{}') from region_municipality as member
             where member.region_id = substr(my_party(), 8))
        else '{}'::text[]
    end;

create table agreement (
    agreement_id uuid primary key,
    provider text not null,
    municipalities text[] not null,
    valid_from date not null,
    valid_until date
);
create index agreement_of_municipalities on agreement using gin (municipalities);

-- Goals of councils and desired outcomes of scenarios that name an indicator: what makes a figure relevant.
create table aim (
    source text not null,
    aim_id uuid not null,
    municipality text not null,
    indicator integer not null,
    title text not null,
    first_year integer not null,
    last_year integer not null,
    lower double precision,
    upper double precision,
    primary key (aim_id, municipality, indicator)
);
create index aim_of_municipality on aim (municipality, indicator);

do $$
declare
    name text;
begin
    foreach name in array array['region', 'region_municipality', 'agreement', 'aim'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to monitoring_worker using (true) with check (true)', name);
        execute format('revoke insert, update, delete, truncate on %I from monitoring_app', name);
    end loop;
end $$;

-- Who works together and what councils and scenarios aim for is public.
create policy everyone on region for select to monitoring_app using (true);
create policy everyone on region_municipality for select to monitoring_app using (true);
create policy everyone on aim for select to monitoring_app using (true);
create policy party on agreement for select to monitoring_app
    using (provider = my_provider() or municipalities && my_municipalities());
