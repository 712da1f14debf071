-- name: insert_agreements!
-- New agreements; one is a list of one.
insert into agreement select * from jsonb_populate_recordset(null::agreement, :rows::jsonb);

-- name: conclude_agreement!
-- Both sides signed.
update agreement set status = 'concluded', concluded_at = :at where agreement_id = :agreement_id;

-- name: amend_agreements!
-- Other terms, as imported.
update agreement set municipalities = new.municipalities, products = new.products, tariffs = new.tariffs,
                     ceiling_cents = new.ceiling_cents, valid_from = new.valid_from, valid_until = new.valid_until
from jsonb_populate_recordset(null::agreement, :rows::jsonb) as new
where agreement.agreement_id = new.agreement_id;

-- name: void_agreements
-- Agreements of a withdrawn commission that nobody is bound to yet.
update agreement set status = 'void' where commission_id = :commission_id and status = 'drafted' returning agreement_id;

-- name: agreement_of_application$
-- The draft or agreement that an application led to.
select agreement_id from agreement where application_id = :application_id and status <> 'void';

-- name: concluded_under$
-- How many agreements under a commission bind both sides.
select count(*) from agreement where commission_id = :commission_id and status = 'concluded';

-- name: get_agreement^
-- An agreement, as far as the caller may see it.
select * from agreement where agreement_id = :agreement_id;

-- name: lock_agreement^
-- An agreement, locked: two signatures come one after the other.
select * from agreement where agreement_id = :agreement_id for no key update;

-- name: hold_imports$
-- One import of an owner at a time, so that a reference is taken once.
select pg_advisory_xact_lock(hashtextextended('agreements of ' || :owner, 0));

-- name: agreements_by_reference
-- What was imported before under these references.
select * from agreement where owner = :owner and reference = any(:references::text[]) for no key update;

-- name: agreements
-- Newest first, a page at a time.
select * from agreement
where (:status::text is null or status = :status)
  and (:provider::text is null or provider = :provider)
  and (:commission_id::uuid is null or commission_id = :commission_id)
  and (:drafted_at::timestamptz is null or (drafted_at, agreement_id) < (:drafted_at, :agreement_id::uuid))
order by drafted_at desc, agreement_id desc limit :limit;

-- name: agreements_to_export
-- Everything that runs, in the order of the workbook.
select agreement.*, provider.name as provider_name
from agreement left join provider on provider.agb = agreement.provider
where status = 'concluded' and valid_from <= :until and (valid_until is null or valid_until >= :since)
order by reference nulls last, drafted_at, agreement_id;

-- name: sign!
-- One side's signature.
insert into signature (agreement_id, party, person, signed_at) values (:agreement_id, :party, :person, :at);

-- name: signatures
-- Who signed, first to last.
select agreement_id, party, signed_at from signature
where agreement_id = any(:agreement_ids::uuid[]) order by signed_at, party;

-- name: keep_file!
-- The original of an import.
insert into import_file (import_id, owner, sha256, content, created, changed, unchanged, imported_at)
values (:import_id, :owner, :sha256, :content, :created, :changed, :unchanged, :at);

-- name: drop_deadline!
-- A promise that no longer has a term.
delete from deadline where subject = any(:subjects::text[]) and kind = :kind;
