-- name: insert_chain_requests
-- Requests as they came in, but for references that were used before; which ones.
insert into chain_request select * from jsonb_populate_recordset(null::chain_request, :rows::jsonb)
on conflict do nothing returning municipality, provider, law, reference;

-- name: chain_requests_known
-- What a provider asked before: under these references, and for the client as long as it awaits a decision.
select * from chain_request
where municipality = :municipality and provider = :provider and law = :law
  and (reference = any(:references::text[])
       or (client_id = :client_id::uuid and granted_at is null and not 'rejected' = any(answers)));

-- name: lock_chain_request^
-- One request, locked: two decisions on it come one after the other.
select * from chain_request where request_id = :request_id for no key update;

-- name: answer_chain_request!
-- A 319 answers it.
update chain_request
set answers = answers || :answer::text, decision_due = coalesce(:decision_due::timestamptz, decision_due)
where municipality = :municipality and provider = :provider and law = :law and reference = :reference;

-- name: keep_untold!
-- The last answer that could not be told by message, and when it was given.
update chain_request set untold = :untold::jsonb, untold_at = :at
where municipality = :municipality and provider = :provider and law = :law and reference = :reference;

-- name: untold_about_client
-- Answers given since an instant that could not be told, as far as each is what became of its request.
select * from chain_request
where client_id = :client_id and untold_at >= :since and granted_at is null
  and untold ->> 'answer' = answers[cardinality(answers)]
order by law, provider, untold_at, reference;

-- name: changes_granted
-- Requests for change about a client that were granted since an instant.
select * from chain_request where client_id = :client_id and change and granted_at >= :since
order by granted_at, reference;

-- name: grant_chain_requests!
-- A 301 grants these.
update chain_request set granted_at = :at
where municipality = :municipality and provider = :provider and law = :law and reference = any(:references::text[])
  and granted_at is null;

-- name: escalate_chain_request!
-- Its term passed without a decision.
update chain_request set escalated = true where request_id = :request_id;

-- name: get_chain_request^
-- One request, as far as the caller may see it.
select chain_request.*, known_provider.name as provider_name,
       find_pseudonym(client_id, 'dossier') as client_dossier
from chain_request left join known_provider using (provider)
where request_id = :request_id;

-- name: allocations_of_request
-- What the client of a request was allocated at its provider under that law.
select allocation.*, find_pseudonym(allocation.client_id, 'dossier') as client_dossier
from chain_request join allocation using (municipality, provider, law, client_id)
where chain_request.request_id = :request_id
order by allocation.number;
