-- name: named_before
-- Whom providers were told of around clients, locked, of each of these; everything personal is sealed.
select client_id, provider, law, dated, decided_at, sealed from named_around
where (client_id, provider, law) in (select * from unnest(:clients::uuid[], :providers::text[], :laws::text[]))
order by client_id, provider, law
for update;

-- name: named_of_client
-- Whom one provider was told of around a client.
select law, dated, decided_at, sealed from named_around
where client_id = :client_id and provider = :provider order by law;

-- name: put_named!
-- Whom a provider was told of from now on.
insert into named_around (client_id, provider, law, dated, decided_at, sealed)
values (:client_id, :provider, :law, :dated, :decided_at, :sealed)
on conflict (client_id, provider, law) do update
set dated = excluded.dated, decided_at = excluded.decided_at, sealed = excluded.sealed;
