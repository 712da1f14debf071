-- Read model of commissioning: who may deliver what, where and when, and how long the wait is.
-- Written only by the projection; rebuilt and compared by `samenspel events verify`.

create table known_provider (
    provider text primary key,
    name text not null
);

create table agreed_product (
    agreement_id uuid not null,
    municipality text not null,
    product_code text not null,
    provider text not null,
    category text not null,
    name text not null,
    law text not null,
    unit text not null,
    valid_from date not null,
    valid_until date,
    primary key (agreement_id, municipality, product_code)
);
create index agreed_product_here on agreed_product (municipality, product_code, provider);

create table stated_capacity (
    provider text not null,
    product_code text not null,
    places integer not null,
    free integer not null,
    wait_days integer not null,
    stated_at timestamptz not null,
    primary key (provider, product_code)
);

do $$
declare
    name text;
begin
    foreach name in array array['known_provider', 'agreed_product', 'stated_capacity'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy everyone on known_provider for select to referral_app using (true);
create policy party on agreed_product for select to referral_app
    using (municipality = my_municipality() or provider = my_provider());
-- A provider sees its own; no provider sees a competitor's (OV 3.10.4).
create policy party on stated_capacity for select to referral_app
    using (provider = my_provider() or my_municipality() is not null);
revoke insert, update, delete on known_provider, agreed_product, stated_capacity from referral_app;
