-- What was spent and what is reserved, from the events of referral. Written only by projections; rebuilt and compared by
-- `samenspel events verify`.

-- Spend per product, municipality and month of care, to the cent. `named` is the agreement that the event named;
-- `agreement_id` the one it counts under: the named one, or else whichever prices the product in that month.
create table spent (
    provider text not null,
    municipality text not null,
    product_code text not null,
    month date not null,
    named uuid,
    agreement_id uuid,
    cents bigint not null,
    lines integer not null,
    unique nulls not distinct (provider, municipality, product_code, month, named)
);
create index spent_of_agreement on spent (agreement_id, month);

-- What one allocation may cost in all, by its latest event; `starts_on` tells the month it counts in. Of an allocation
-- from before joining nobody told the amount: it is its volume (`total_units`) at the tariff of its first day.
create table reservation (
    referral_id uuid not null,
    allocation_number bigint not null,
    provider text not null,
    municipality text not null,
    product_code text not null,
    starts_on date not null,
    unit text,
    total_units integer,
    named uuid,
    agreement_id uuid,
    cents bigint not null,
    primary key (referral_id, allocation_number)
);
create index reservation_of_provider on reservation (provider) where named is null;

-- The sums of it. A row that comes to zero is deleted.
create table reserved_month (
    agreement_id uuid not null,
    municipality text not null,
    month date not null,
    cents bigint not null,
    primary key (agreement_id, month, municipality)
);

do $$
declare
    name text;
begin
    foreach name in array array['spent', 'reservation', 'reserved_month'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to commissioning_worker using (true) with check (true)', name);
        execute format('revoke insert, update, delete, truncate on %I from commissioning_app', name);
    end loop;
    -- Whoever may see an agreement may see how much of it is used; single journeys are for nobody here.
    foreach name in array array['spent', 'reserved_month'] loop
        execute format('create policy agreement on %I for select to commissioning_app
                        using (exists (select from agreement where agreement.agreement_id = %I.agreement_id))',
                       name, name);
    end loop;
end $$;
