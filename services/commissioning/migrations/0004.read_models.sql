-- Read models: frames of the councils, and spending room from the events of referral and of this service.
-- Written only by projections; rebuilt and compared by `samenspel events verify`.

create table frame (
    frame_id uuid primary key,
    municipality text not null,
    title text not null,
    first_year integer not null,
    last_year integer not null,
    goals jsonb not null,
    adopted_at timestamptz not null
);

-- What every journey commits now and what it adds to which agreement; match_* is the price that was applied.
create table commitment (
    referral_id uuid primary key,
    municipality text not null,
    provider text not null,
    product_code text not null,
    unit text not null,
    total_units integer not null,
    starts_on date not null,
    ends_on date,
    start_due timestamptz not null,
    started_on date,
    stopped_on date,
    dropout boolean not null,
    released boolean not null,
    agreement_id uuid,
    month date,
    committed_cents bigint,
    waiting integer,
    started integer,
    within_norm integer,
    ended integer,
    dropouts integer
);
create index commitment_of_provider on commitment (provider, product_code);

-- The tariff lines of concluded agreements, as they price commitments.
create table price (
    agreement_id uuid not null,
    line integer not null,
    provider text not null,
    municipalities text[] not null,
    product_code text not null,
    unit text not null,
    municipality text,
    tariff_cents bigint not null,
    valid_from date not null,
    valid_until date,
    agreed_from date not null,
    agreed_until date,
    primary key (agreement_id, line)
);
create index price_of_product on price (provider, product_code);

create table agreed_ceiling (
    agreement_id uuid primary key,
    provider text not null,
    municipalities text[] not null,
    ceiling_cents bigint
);

create table committed_month (
    agreement_id uuid not null,
    month date not null,
    committed_cents bigint not null,
    primary key (agreement_id, month)
);

create table committed_year (
    agreement_id uuid not null,
    year integer not null,
    committed_cents bigint not null,
    primary key (agreement_id, year)
);

create table agreement_progress (
    agreement_id uuid primary key,
    waiting integer not null,
    started integer not null,
    within_norm integer not null,
    ended integer not null,
    dropouts integer not null
);

-- How fresh the figures are: the last event about a provider in a municipality.
create table heard_from (
    provider text not null,
    municipality text not null,
    last_event_at timestamptz not null,
    primary key (provider, municipality)
);

do $$
declare
    name text;
begin
    foreach name in array array['frame', 'commitment', 'price', 'agreed_ceiling', 'committed_month', 'committed_year',
                                'agreement_progress', 'heard_from'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to commissioning_worker using (true) with check (true)', name);
        execute format('revoke insert, update, delete, truncate on %I from commissioning_app', name);
    end loop;
    -- Whoever may see an agreement may see how much of it is used; single journeys are for nobody here.
    foreach name in array array['committed_month', 'committed_year', 'agreement_progress'] loop
        execute format('create policy agreement on %I for select to commissioning_app
                        using (exists (select from agreement where agreement.agreement_id = %I.agreement_id))',
                       name, name);
    end loop;
end $$;

create policy everyone on frame for select to commissioning_app using (true);
create policy party on heard_from for select to commissioning_app
    using ('provider:' || provider = my_party() or my_party() like 'municipality:%' or my_party() like 'region:%');
