-- name: meet_client^
-- All that a message about a client is judged against and acts on, locked.
select * from meet_client(:line, :municipality, :provider, :law, :bsn_index, :references, :numbers, :products);

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
