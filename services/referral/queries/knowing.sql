-- name: meet_clients
-- All that messages about clients are judged against and act on, locked.
select met.*
from jsonb_array_elements(:asked::jsonb) with ordinality as each (asked, place)
cross join lateral jsonb_to_record(asked) as one (
    line bigint, municipality text, provider text, law text, bsn_index bytea, refs text[], numbers bigint[],
    products text[])
cross join lateral meet_client(line, municipality, provider, law, bsn_index, refs, numbers, products) as met
order by place;

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
