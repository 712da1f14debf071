-- name: insert_allocations!
-- Allocations as they were decided.
insert into allocation (municipality, number, referral_id, provider, granted_at, law, client_id, category,
                        product_code, volume, unit, frequency, by_effort, budget_cents, starts_on, ends_on,
                        decided_at, change_reason, reference)
select municipality, number, referral_id, provider, granted_at, law, client_id, category,
       product_code, volume, unit, frequency, by_effort, budget_cents, starts_on, ends_on,
       decided_at, change_reason, reference
from jsonb_populate_recordset(null::allocation, :rows::jsonb);

-- name: withdraw_allocation!
-- The allocation under which nobody may deliver any more: it counts as never sent.
update allocation
set withdrawn_at = :at, removed = true, ends_on = starts_on, change_reason = 'removed', decided_at = :at
where municipality = :municipality and law = :law and number = :number;
