-- What municipality and provider told each other, by message or by the same act on a screen. Levels 3 and 4 of the
-- standard judge against this and nothing else; a journey is what people follow of it.

-- Pieces of effort (unit 84) are no pieces of output (82).
alter table referral
    add column by_effort boolean not null default false,
    -- Whether the provider was told that the decision needs an investigation: that is said once (TR360).
    add column investigated boolean not null default false;

-- Every allocation ever made, as the latest decision on it left it (not the latest message: OP080). A number is unique
-- in its municipality and law (TR332). One of another kind than category, code and extent belongs to no journey.
alter table allocation
    alter column referral_id drop not null,
    add column law text,
    add column client_id uuid references client,
    add column category text,
    add column product_code text,
    add column volume bigint,
    add column unit text,
    add column frequency text,
    add column by_effort boolean not null default false,
    add column budget_cents bigint,
    add column starts_on date,
    add column ends_on date,
    -- The moment of decision, Toewijzingsdatum and -tijd.
    add column decided_at timestamptz,
    -- RedenWijziging (WJ002) in words; empty for the first decision.
    add column change_reason text,
    -- ReferentieAanbieder of the request that the latest decision grants.
    add column reference text,
    -- Taken back by reason 13, or 01 with its end on its first day: counts as never sent.
    add column removed boolean not null default false;

update allocation
set law = journey.law, client_id = journey.client_id, category = journey.category,
    product_code = journey.product_code, volume = journey.volume, unit = journey.unit, frequency = journey.frequency,
    starts_on = coalesce(journey.starts_on, journey.desired_start), ends_on = journey.ends_on,
    decided_at = allocation.granted_at, removed = allocation.withdrawn_at is not null
from referral journey
where journey.referral_id = allocation.referral_id;

alter table allocation
    alter column law set not null,
    alter column client_id set not null,
    alter column starts_on set not null,
    alter column decided_at set not null,
    drop constraint allocation_pkey,
    add primary key (municipality, law, number);
create index allocation_of_client on allocation (client_id);
create index allocation_of_provider on allocation (provider, municipality, starts_on desc, number);

-- Whoever makes an allocation needs a number that is free, also one that the caller may not see.
create policy counted on allocation for select to referral_owner using (true);
create policy counted on allocation_counter to referral_owner using (true);
create function next_allocation_number(of_municipality text) returns bigint
    language plpgsql security definer set search_path from current
    as $$
declare
    found bigint;
begin
    loop
        insert into allocation_counter (municipality, last) values (of_municipality, 1)
        on conflict (municipality) do update set last = allocation_counter.last + 1
        returning last into found;
        exit when not exists (select from allocation where municipality = of_municipality and number = found);
    end loop;
    return found;
end $$;

-- Starts and stops as they were reported (305, 307), in order; one that was removed (status 3) is gone.
create table reported_delivery (
    delivery_id uuid primary key,
    municipality text not null,
    provider text not null,
    law text not null,
    client_id uuid not null references client,
    number bigint,
    category text,
    product_code text,
    starts_on date not null,
    -- RedenBeeindiging in words and the last day: of a stop.
    reason text,
    ends_on date,
    reported_at timestamptz not null,
    check ((reason is null) = (ends_on is null))
);
create index reported_delivery_of_client on reported_delivery (client_id, provider);

insert into reported_delivery
select gen_random_uuid(), municipality, provider, law, client_id, allocation_number, category, product_code, started_on,
       null, null, coalesce(start_reported_at, requested_at)
from referral where started_on is not null and allocation_number is not null;
insert into reported_delivery
select gen_random_uuid(), municipality, provider, law, client_id, allocation_number, category, product_code, started_on,
       stop_reason, stopped_on, coalesce(stop_reported_at, requested_at)
from referral where started_on is not null and stopped_on is not null and allocation_number is not null;

-- Requests for allocation (315, per product) and for change (317) under a reference of the provider.
create table chain_request (
    municipality text not null,
    provider text not null,
    law text not null,
    reference text not null,
    client_id uuid not null references client,
    change boolean not null,
    -- Dagtekening: the eight weeks of an investigation count from it (OP274, OP346).
    dated date not null,
    received_at timestamptz not null,
    -- Of one that is decided on as such: a 317, or a 315 without a specific product. Others are decided in their journey.
    request_id uuid unique,
    escalated boolean not null default false,
    -- What it asks (allocation numbers, periods, extents); nothing about the person.
    wanted jsonb,
    reason text,
    -- VerzoekAntwoord (WJ760) in words, oldest first.
    answers text[] not null default '{}',
    granted_at timestamptz,
    decision_due timestamptz,
    primary key (municipality, provider, law, reference)
);
create index chain_request_of_client on chain_request (client_id, provider);

insert into chain_request (municipality, provider, law, reference, client_id, change, dated, received_at, answers,
                           granted_at, decision_due)
select municipality, provider, law, request_reference, client_id, false,
       (requested_at at time zone 'Europe/Amsterdam')::date, requested_at,
       case when status in ('refused', 'withdrawn') and granted_at is null then array['rejected'] else '{}'::text[] end,
       granted_at, decision_due
from referral where request_reference is not null
on conflict do nothing;

do $$
declare
    name text;
begin
    foreach name in array array['reported_delivery', 'chain_request'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
        execute format('create policy party on %I to referral_app using (municipality = my_municipality()'
                       ' or provider = my_provider())', name);
    end loop;
end $$;

-- A promise may be about a request too.
drop policy seen on deadline;
drop policy made on deadline;
drop policy moved on deadline;
create function is_subject_here(subject uuid) returns boolean
    language sql stable parallel safe
    return exists (select from referral where referral_id = subject)
        or exists (select from chain_request where request_id = subject)
        or exists (select from message where message_id = subject);
create policy seen on deadline for select to referral_app using (party = my_party() or is_subject_here(subject::uuid));
create policy made on deadline for insert to referral_app with check (is_subject_here(subject::uuid));
create policy moved on deadline for update to referral_app using (is_subject_here(subject::uuid));

-- Who was allocated to a provider, or was asked for by it, has a relation with it too, without a journey.
create or replace function has_provider_relation(client uuid) returns boolean
    language sql stable parallel safe
    return exists (select from referral where client_id = client and provider = my_provider())
        or exists (select from allocation where client_id = client and provider = my_provider() and not removed)
        or exists (select from chain_request where client_id = client and provider = my_provider()
                   and not 'rejected' = any(answers));

-- Before when the other side confirms a message with a retour (OP090), and whether that passed without one.
alter table message add column receipt_due timestamptz, add column receipt_missed boolean not null default false;
create index message_awaited on message (sender, receipt_due) where receipt_due is not null;

-- A provider whose own software fetches messages and sends the retours itself; Samenspel confirms for all others.
create table exchange_setting (
    party text primary key,
    own_retours boolean not null
);
alter table exchange_setting enable row level security;
alter table exchange_setting force row level security;
create policy system on exchange_setting to referral_worker using (true) with check (true);
create policy own on exchange_setting to referral_app using (party = my_party());
create policy seen on exchange_setting for select to referral_app using (true);
