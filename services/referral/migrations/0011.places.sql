-- Finding a place: from where a provider delivers, and one request that is offered to several providers at once.

alter table referral
    -- Terms of hours, on top of every worklist; care may have begun before it was asked for.
    add column crisis boolean not null default false,
    -- Why somebody is placed where the stated wait is longer than the norm.
    add column wait_reason text,
    -- The day of the order of a court or certified institution.
    add column ordered_on date,
    -- Named when a request is refused by the residence principle.
    add column responsible_municipality text,
    -- The journey that goes on with this one at another municipality, and the one that this one goes on with.
    add column continued_as uuid,
    add column follows uuid;

-- The name or AGB code of who pointed the way, sealed with the key of the client.
create table referrer_detail (
    referral_id uuid primary key references referral,
    client_id uuid not null references client,
    sealed bytea not null
);

-- The municipalities in which a provider has a location, as it states itself.
create table provider_location (
    provider text not null,
    municipality text not null,
    stated_at timestamptz not null,
    primary key (provider, municipality)
);

-- A request that is offered to several providers at the same time: a row for each of them. What a provider needs to
-- judge whether it can help stands here, for it cannot see the journey; nothing says who the client is.
create table open_offer (
    referral_id uuid not null references referral,
    provider text not null,
    municipality text not null,
    law text not null,
    product_code text not null,
    category text not null,
    unit text not null,
    frequency text not null,
    volume integer not null,
    total_units bigint not null,
    starts_on date not null,
    ends_on date,
    offered_at timestamptz not null,
    claim_due timestamptz not null,
    crisis boolean not null,
    status text not null check (status in ('open', 'claimed', 'gone', 'declined', 'lapsed', 'withdrawn')),
    reason text,
    ended_at timestamptz,
    primary key (referral_id, provider),
    check ((status = 'open') = (ended_at is null)),
    check ((status = 'declined') = (reason is not null))
);
-- Whatever goes wrong elsewhere: one journey has at most one claim at a time.
create unique index open_offer_claimed_once on open_offer (referral_id) where status = 'claimed';
create index open_offer_of_provider on open_offer (provider, claim_due, referral_id) where status = 'open';

do $$
declare
    name text;
begin
    foreach name in array array['provider_location', 'open_offer', 'referrer_detail'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy party on referrer_detail to referral_app
    using (exists (select from referral where referral.referral_id = referrer_detail.referral_id));
create policy own on provider_location to referral_app using (provider = my_provider());
create policy seen on provider_location for select to referral_app using (my_municipality() is not null);
-- A provider sees what it was offered and never who else was; what becomes of it is decided by Samenspel alone.
create policy party on open_offer for select to referral_app
    using (municipality = my_municipality() or provider = my_provider());
create policy offered on open_offer for insert to referral_app with check (municipality = my_municipality());
create policy closed on open_offer for update to referral_app using (municipality = my_municipality());
