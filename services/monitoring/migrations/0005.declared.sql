-- What an allocation promises, against which delivery is held; what agreements and places make possible.

alter table trajectory
    add column removed boolean not null default false,
    add column allocated_minutes bigint not null default 0,
    add column first_day date,
    add column last_day date;

alter table agreement
    add column ceiling_cents bigint,
    add column day_part_products text[] not null default '{}';

-- How many places a provider has for a product, by the month in which it said so.
create table capacity (
    provider text not null,
    product_code text not null,
    month date not null,
    places integer not null,
    primary key (provider, product_code, month)
);

alter table capacity enable row level security;
alter table capacity force row level security;
create policy system on capacity to monitoring_worker using (true) with check (true);
revoke insert, update, delete, truncate on capacity from monitoring_app;
-- The provider itself, and whoever has an agreement with it.
create policy party on capacity for select to monitoring_app
    using (exists (select from agreement where agreement.provider = capacity.provider));
