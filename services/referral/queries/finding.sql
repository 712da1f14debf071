-- name: municipalities_of_provider
-- Where the caller, a provider, has agreements, or was allocated something: one step in the index for each municipality,
-- as a large provider has a hundred thousand allocations.
with recursive allocated as (
    (select municipality from allocation where provider = my_provider() order by municipality limit 1)
    union all
    select (select municipality from allocation
            where provider = my_provider() and municipality > allocated.municipality order by municipality limit 1)
    from allocated where municipality is not null
)
select municipality from allocated where municipality is not null
union select municipality from agreed_product where provider = my_provider();

-- name: clients_by_citizen_number
-- Dossiers with these blind indexes, one per municipality, as far as the caller has a relation with them.
select client.client_id, municipality, key_id, wrapped_key, sealed, erased_at, pseudonym, own_number
from unnest(:municipalities::text[], :indexes::bytea[]) as each (of_municipality, index)
join client on municipality = of_municipality and bsn_index = index
join client_pseudonym on client_pseudonym.client_id = client.client_id and purpose = 'dossier'
left join provider_client on provider_client.client_id = client.client_id and provider_client.provider = my_provider()
where erased_at is null
order by client.changed_at desc, pseudonym;

-- name: clients_by_provider_number
-- Dossiers under a number of the caller itself, or with an allocation to the caller that has this number.
with numbered as (
    select client_id from provider_client where provider = my_provider() and own_number = :own_number
    union
    select client_id from allocation
    where provider = my_provider() and municipality = any(:municipalities::text[]) and law = any(:laws::text[])
      and number = :allocation_number::bigint
)
select client.client_id, municipality, key_id, wrapped_key, sealed, erased_at, pseudonym, own_number
from numbered
join client using (client_id)
join client_pseudonym on client_pseudonym.client_id = client.client_id and purpose = 'dossier'
left join provider_client on provider_client.client_id = client.client_id and provider_client.provider = my_provider()
where erased_at is null
order by client.changed_at desc, pseudonym
limit :limit;

-- name: care_of_clients
-- The journeys of these clients that the caller may see, latest request first.
select referral.*, own_number,
       (select name from known_provider where known_provider.provider = referral.provider) as provider_name
from referral
left join provider_client on provider_client.client_id = referral.client_id
                         and provider_client.provider = my_provider()
where referral.client_id = any(:clients::uuid[])
order by requested_at desc, referral_id desc limit 200;

-- name: allocations_without_journey
-- What is allocated to these clients without a journey, latest first day first.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier from allocation
where client_id = any(:clients::uuid[]) and referral_id is null
order by starts_on desc, number desc limit 200;

-- name: requests_about_clients
-- What was asked for these clients and is decided on as a whole, latest first.
select chain_request.*, known_provider.name as provider_name,
       find_pseudonym(client_id, 'dossier') as client_dossier
from chain_request left join known_provider using (provider)
where client_id = any(:clients::uuid[]) and request_id is not null
order by received_at desc, request_id desc limit 200;
