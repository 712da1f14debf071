-- name: lock_allocated
-- What a provider delivers or may deliver to a client under one law, locked, always in the same order; a withdrawn
-- allocation is none any more.
select * from referral
where client_id = :client_id and municipality = :municipality and provider = :provider and law = :law
  and allocation_number is not null and status <> all(:not_allocated::text[])
order by referral_id for no key update;

-- name: requests_of_provider
-- Requests of a provider under one law: those with one of these references, and those under way for the client.
select request_reference, client_id, status from referral
where provider = :provider and law = :law
  and (request_reference = any(:references::text[])
       or (client_id = :client_id and status = 'requested' and request_reference is not null));

-- name: categories_of_products
-- The categories under which a municipality knows product codes; a code that it does not know is left out.
select product_code, array_agg(distinct category) as categories from agreed_product
where municipality = :municipality and product_code = any(:product_codes::text[])
group by product_code;
