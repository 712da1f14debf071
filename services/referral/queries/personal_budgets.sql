-- name: personal_budgets_of_client
-- The personal budgets of a client, latest first day first; without those that were recorded by mistake.
select budget_id, municipality, client_id, law, category, product_code, starts_on, ends_on from personal_budget
where client_id = :client_id and withdrawn_at is null
order by starts_on desc, budget_id desc;

-- name: put_personal_budget!
-- A personal budget as it is from now on.
insert into personal_budget (budget_id, municipality, client_id, law, category, product_code, starts_on, ends_on,
                             changed_at)
values (:budget_id, :municipality, :client_id, :law, :category, :product_code, :starts_on, :ends_on, :at)
on conflict (budget_id) do update
set law = excluded.law, category = excluded.category, product_code = excluded.product_code,
    starts_on = excluded.starts_on, ends_on = excluded.ends_on, changed_at = excluded.changed_at;

-- name: withdraw_personal_budget!
-- It was recorded by mistake.
update personal_budget set withdrawn_at = :at, changed_at = :at where budget_id = :budget_id;

-- name: allocations_for_client
-- Everything that is allocated to a client, at whatever provider; without what was removed.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier from allocation
where client_id = :client_id and not removed
order by law, number;
