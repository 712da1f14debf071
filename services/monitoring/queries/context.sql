-- name: put_regions!
-- Regions by their latest name.
insert into region (region_id, name) select * from unnest(:region_ids::text[], :names::text[])
on conflict (region_id) do update set name = excluded.name;

-- name: leave_regions!
-- Members as they were before.
delete from region_municipality where region_id = any(:region_ids::text[]);

-- name: join_regions!
-- Members as they are now.
insert into region_municipality (region_id, municipality, name, inhabitants)
select * from unnest(:region_ids::text[], :municipalities::text[], :names::text[], :inhabitants::integer[])
on conflict (region_id, municipality) do update set name = excluded.name, inhabitants = excluded.inhabitants;

-- name: put_agreement!
-- An agreement with its latest terms.
insert into agreement (agreement_id, provider, municipalities, valid_from, valid_until, ceiling_cents,
                       day_part_products)
values (:agreement_id, :provider, :municipalities::text[], :valid_from, :valid_until, :ceiling_cents,
        :day_part_products::text[])
on conflict (agreement_id) do update set
    provider = excluded.provider, municipalities = excluded.municipalities, valid_from = excluded.valid_from,
    valid_until = excluded.valid_until, ceiling_cents = excluded.ceiling_cents,
    day_part_products = excluded.day_part_products;

-- name: put_capacities!
-- How many places providers have, by the month in which they said so; the last said in a month holds.
insert into capacity (provider, product_code, month, places)
select * from unnest(:providers::text[], :product_codes::text[], :months::date[], :places::integer[])
on conflict (provider, product_code, month) do update set places = excluded.places;

-- name: rooms
-- What agreements make possible: of a provider, or wholly in some municipalities.
select provider, municipalities, valid_from, valid_until, ceiling_cents, day_part_products from agreement
where (:municipalities::text[] is null or municipalities <@ :municipalities::text[])
  and (:provider::text is null or provider = :provider);

-- name: capacities
-- Places as they were stated by these providers.
select provider, product_code, month, places from capacity where provider = any(:providers::text[]);

-- name: put_aims!
-- Goals and desired outcomes; a later version replaces them.
insert into aim (source, aim_id, municipality, indicator, title, first_year, last_year, lower, upper)
select * from unnest(:sources::text[], :aim_ids::uuid[], :municipalities::text[], :indicators::integer[],
                     :titles::text[], :first_years::integer[], :last_years::integer[],
                     :lowers::double precision[], :uppers::double precision[])
on conflict (aim_id, municipality, indicator) do update set
    source = excluded.source, title = excluded.title, first_year = excluded.first_year,
    last_year = excluded.last_year, lower = excluded.lower, upper = excluded.upper;

-- name: regions
-- Regions with their members; those with a given municipality when asked.
select region.region_id, region.name, member.municipality, member.name as municipality_name, member.inhabitants
from region join region_municipality as member using (region_id)
where (:region_id::text is null or region_id = :region_id)
  and (:municipality::text is null or region_id in (
      select own.region_id from region_municipality as own where own.municipality = :municipality))
order by region.region_id, member.municipality;

-- name: agreements
-- Agreements with any of these municipalities.
select provider, municipalities, valid_from, valid_until from agreement where municipalities && :municipalities::text[];

-- name: aims
-- Per municipality and indicator: what councils and scenarios aim for in these years.
select source, aim_id, municipality, indicator, title, lower, upper from aim
where municipality = any(:municipalities::text[]) and first_year <= :last_year and last_year >= :first_year
order by source, title, aim_id, municipality;
