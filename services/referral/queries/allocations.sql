-- name: put_allocations!
-- Allocations as they were decided; the latest decision on a number counts, whenever it is told (OP080).
insert into allocation (municipality, number, referral_id, provider, granted_at, law, client_id, category,
                        product_code, volume, unit, frequency, by_effort, budget_cents, starts_on, ends_on,
                        decided_at, change_reason, reference, removed)
select municipality, number, referral_id, provider, granted_at, law, client_id, category,
       product_code, volume, unit, frequency, by_effort, budget_cents, starts_on, ends_on,
       decided_at, change_reason, reference, removed
from jsonb_populate_recordset(null::allocation, :rows::jsonb)
on conflict (municipality, law, number) do update
set volume = excluded.volume, unit = excluded.unit, frequency = excluded.frequency, by_effort = excluded.by_effort,
    budget_cents = excluded.budget_cents, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    decided_at = excluded.decided_at, change_reason = excluded.change_reason, reference = excluded.reference,
    removed = excluded.removed, referral_id = coalesce(excluded.referral_id, allocation.referral_id),
    withdrawn_at = case when excluded.removed then coalesce(allocation.withdrawn_at, excluded.decided_at) end
where excluded.decided_at >= allocation.decided_at;

-- name: take_allocation_back!
-- The allocation under which nobody may deliver any more: it counts as never sent.
update allocation
set withdrawn_at = :at, removed = true, ends_on = starts_on, change_reason = :reason, reference = null, decided_at = :at
where municipality = :municipality and law = :law and number = :number;

-- name: allocations_of_relation
-- What a provider was allocated for a client under one law, locked, always in the same order.
select * from allocation
where client_id = :client_id and municipality = :municipality and provider = :provider and law = :law
order by number for no key update;

-- name: allocations_held
-- The same, not locked, with the name of the client for who asks; without those that were removed.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier from allocation
where client_id = :client_id and municipality = :municipality and provider = :provider and law = :law and not removed
order by number;

-- name: offers_of_referral
-- Every allocation made in one journey, oldest first.
select number, provider, granted_at, withdrawn_at from allocation where referral_id = :referral_id order by granted_at;

-- name: next_allocation_number$
-- The next number of a municipality that is free: its row stays locked to the end, so numbers come out once. A number
-- that another system gave is passed over.
select next_allocation_number(:municipality);

-- name: raise_allocation_counter!
-- After an import: new numbers go on above the imported ones.
insert into allocation_counter (municipality, last)
select * from unnest(:municipalities::text[], :lasts::bigint[])
on conflict (municipality) do update set last = greatest(allocation_counter.last, excluded.last);

-- name: claimed_allocations
-- Allocations on which services were approved and not credited (TR385).
select distinct allocation_number as number from performance
where municipality = :municipality and law = :law and allocation_number = any(:numbers::bigint[])
  and granted and not credit and credited_in is null;

-- name: list_allocations
-- Allocations of the caller, latest first day first; those without a journey, only. Each side has an index of its own.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier
from ((select * from allocation
       where municipality = my_municipality()
         and (:journeyless::boolean is null or (referral_id is null) = :journeyless)
         and (:starts_on::date is null or (starts_on, municipality, law, number)
              < (:starts_on, :municipality::text, :law::text, :number::bigint))
       order by starts_on desc, municipality desc, law desc, number desc limit :limit)
      union all
      (select * from allocation
       where provider = my_provider()
         and (:journeyless::boolean is null or (referral_id is null) = :journeyless)
         and (:starts_on::date is null or (starts_on, municipality, law, number)
              < (:starts_on, :municipality::text, :law::text, :number::bigint))
       order by starts_on desc, municipality desc, law desc, number desc limit :limit)) allocation
order by starts_on desc, municipality desc, law desc, number desc limit :limit;

-- name: get_allocation^
-- One allocation of the caller.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier from allocation
where municipality = :municipality and law = :law and number = :number;
