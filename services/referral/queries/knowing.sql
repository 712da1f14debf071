-- name: categories_of_products
-- The categories under which a municipality knows product codes; a code that it does not know is left out.
select product_code, array_agg(distinct category) as categories from agreed_product
where municipality = :municipality and product_code = any(:product_codes::text[])
group by product_code;

-- name: lock_journeys
-- The journeys of a client at a provider under one law, locked, always in the same order.
select * from referral
where client_id = :client_id and municipality = :municipality and provider = :provider and law = :law
order by referral_id for no key update;

-- name: lock_requested^
-- The journey that asks a provider for an allocation under this reference and still waits for a decision, locked.
select * from referral
where municipality = :municipality and provider = :provider and law = :law and status = 'requested'
  and request_reference = :reference
order by referral_id limit 1 for no key update;
