-- name: put_providers!
-- Providers by their latest name.
insert into known_provider (provider, name) select * from unnest(:providers::text[], :names::text[])
on conflict (provider) do update set name = excluded.name;

-- name: put_agreed_products!
-- What an agreement says; an event that comes again says the same.
insert into agreed_product select * from jsonb_populate_recordset(null::agreed_product, :rows::jsonb)
on conflict (agreement_id, municipality, product_code) do update
set provider = excluded.provider, category = excluded.category, name = excluded.name, law = excluded.law,
    unit = excluded.unit, variant = excluded.variant, declared_when = excluded.declared_when,
    start_means = excluded.start_means, stop_means = excluded.stop_means, valid_from = excluded.valid_from,
    valid_until = excluded.valid_until;

-- name: drop_agreed_products!
-- An amended agreement: what it said before no longer holds.
delete from agreed_product where agreement_id = any(:agreements::uuid[]);

-- name: put_capacities!
-- The latest statement of each provider per product.
insert into stated_capacity (provider, product_code, places, free, wait_days, stated_at)
select * from jsonb_populate_recordset(null::stated_capacity, :rows::jsonb)
on conflict (provider, product_code) do update
set places = excluded.places, free = excluded.free, wait_days = excluded.wait_days, stated_at = excluded.stated_at;

-- name: candidates
-- Who may deliver a product in a municipality on a day, with what they said about room and wait.
select distinct on (agreed.provider)
       agreed.provider, known.name, agreed.valid_from, agreed.valid_until, agreed.category,
       capacity.places, capacity.free, capacity.wait_days, capacity.stated_at,
       array(select location.municipality from provider_location location
             where location.provider = agreed.provider order by 1) as locations
from agreed_product agreed
left join known_provider known using (provider)
left join stated_capacity capacity on capacity.provider = agreed.provider and capacity.product_code = :product_code
where agreed.municipality = :municipality and agreed.product_code = :product_code
  and agreed.valid_from <= :on and (agreed.valid_until is null or agreed.valid_until >= :on)
order by agreed.provider, agreed.valid_until desc nulls first;

-- name: agreed_product^
-- What a provider and a municipality agreed about a product on a day.
select category, law, unit, variant, name from agreed_product
where municipality = :municipality and provider = :provider and product_code = :product_code
  and valid_from <= :on and (valid_until is null or valid_until >= :on)
limit 1;

-- name: agreed_broadly$
-- Whether a provider and a municipality agreed on a day about anything of a law, or of one category of it.
select exists (select from agreed_product
               where municipality = :municipality and provider = :provider and law = :law
                 and (:category::text is null or category = :category)
                 and valid_from <= :on and (valid_until is null or valid_until >= :on));

-- name: categories_here
-- The categories that somebody may deliver to a municipality on a day, each with who may.
select law, category, array_agg(distinct provider) as providers from agreed_product
where municipality = :municipality and valid_from <= :on and (valid_until is null or valid_until >= :on)
group by law, category order by law, category;

-- name: names_of_providers
-- What providers are called.
select provider, name from known_provider where provider = any(:providers::text[]);

-- name: products_here
-- Products that somebody may deliver to the caller on a day, or that the caller may deliver.
select distinct product_code, category, name, law, unit from agreed_product
where valid_from <= :on and (valid_until is null or valid_until >= :on)
  and (:municipality::text is null or municipality = :municipality)
order by product_code, name;

-- name: agreed_moments
-- What the caller agreed about the moments of a product on a day, where anything was.
select distinct on (municipality, provider, product_code)
       municipality, provider, product_code, declared_when, start_means, stop_means
from agreed_product
where valid_from <= :on and (valid_until is null or valid_until >= :on)
  and coalesce(declared_when, start_means, stop_means) is not null
order by municipality, provider, product_code, valid_from desc;

-- name: put_locations!
-- From where a provider delivers, as it says now.
insert into provider_location (provider, municipality, stated_at)
select :provider, municipality, :at from unnest(:municipalities::text[]) municipality
on conflict (provider, municipality) do update set stated_at = excluded.stated_at;

-- name: drop_other_locations!
-- What a provider no longer names.
delete from provider_location where provider = :provider and municipality <> all(:municipalities::text[]);

-- name: locations_of
-- From where a provider delivers.
select municipality, stated_at from provider_location where provider = :provider order by municipality;
