-- Business time: machine time plus an offset that is kept in this one place. In production the offset is
-- and stays zero; the demonstration and the tests move it, so that months pass in seconds with exact dates.
-- Run by a superuser after roles.sql; running it again changes nothing, and keeps the offset.
-- Everyone reads the clock; nobody but the superuser moves it.

create schema if not exists clock;

create table if not exists clock.business_clock (
    "offset" interval not null default interval '0',
    only_row boolean primary key default true check (only_row)
);

insert into clock.business_clock default values on conflict do nothing;

-- The business time at which the current transaction began.
create or replace function clock.now() returns timestamptz
    language sql stable parallel safe
    return (select pg_catalog.now() + business_clock."offset" from clock.business_clock);

grant usage on schema clock to public;
grant select on clock.business_clock to public;
grant execute on function clock.now() to public;
