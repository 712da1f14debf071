-- name: insert_batch!
-- Many messages in one upload.
insert into message_batch (batch_id, party, items, bytes, key_id, wrapped_key, submitted_at)
values (:batch_id, :party, 0, 0, :key_id, :wrapped_key, :at);

-- name: insert_batch_items!
-- Files of a batch, in the order of the upload; one with a refusal needs no receiving.
insert into message_batch_item (batch_id, number, party, name_sealed, bytes, refusal_nl, refusal_en, settled_at)
select :batch_id, number, :party, name_sealed, bytes, refusal_nl, refusal_en,
       case when refusal_nl is null then null else :at::timestamptz end
from unnest(:numbers::int[], :names::bytea[], :sizes::bigint[], :refusals_nl::text[], :refusals_en::text[])
    as item (number, name_sealed, bytes, refusal_nl, refusal_en);

-- name: insert_batch_originals!
-- The files themselves, sealed.
insert into message_batch_original (batch_id, number, party, sealed)
select :batch_id, number, :party, sealed from unnest(:numbers::int[], :sealed::bytea[]) as item (number, sealed);

-- name: count_batch!
-- How much there is in a batch, once all of it is stored.
update message_batch set items = :items, bytes = :bytes where batch_id = :batch_id;

-- name: lock_batch^
-- One batch, for whoever finishes it.
select * from message_batch where batch_id = :batch_id for no key update;

-- name: find_batch^
-- One batch with how far it is.
select batch.batch_id, batch.party, batch.items, batch.bytes, batch.submitted_at, batch.finished_at,
       batch.key_id, batch.wrapped_key, tally.*
from message_batch batch,
     lateral (
         select count(*) filter (where item.settled_at is null)::int as waiting,
                count(*) filter (where message.accepted)::int as accepted,
                count(*) filter (where not message.accepted)::int as rejected,
                count(*) filter (where message.message_id is not null and message.accepted is null)::int as kept,
                count(*) filter (where item.refusal_nl is not null)::int as refused
         from message_batch_item item left join message using (message_id)
         where item.batch_id = batch.batch_id
     ) tally
where batch.batch_id = :batch_id;

-- name: list_batches
-- Batches of the caller, latest first.
select batch.batch_id, batch.party, batch.items, batch.bytes, batch.submitted_at, batch.finished_at, tally.*
from message_batch batch,
     lateral (
         select count(*) filter (where item.settled_at is null)::int as waiting,
                count(*) filter (where message.accepted)::int as accepted,
                count(*) filter (where not message.accepted)::int as rejected,
                count(*) filter (where message.message_id is not null and message.accepted is null)::int as kept,
                count(*) filter (where item.refusal_nl is not null)::int as refused
         from message_batch_item item left join message using (message_id)
         where item.batch_id = batch.batch_id
     ) tally
where (:at::timestamptz is null or (batch.submitted_at, batch.batch_id) < (:at, :batch_id::uuid))
order by batch.submitted_at desc, batch.batch_id desc limit :limit;

-- name: list_batch_items
-- What became of each file of a batch, in the order of the upload.
select item.number, item.name_sealed, item.bytes, item.message_id, item.refusal_nl, item.refusal_en, item.settled_at,
       message.kind, message.identification, message.accepted, message.level, message.return_codes, message.findings,
       answer.message_id as answer_id, answer.kind as answer_kind
from message_batch_item item
left join message using (message_id)
left join message answer on answer.answers = message.message_id
where item.batch_id = :batch_id and item.number > :number
  and (:wrong::boolean is null
       or :wrong = (item.refusal_nl is not null or (message.message_id is not null and message.accepted is not true)))
order by item.number limit :limit;

-- name: batch_key^
-- Whose a batch is, and with what it is sealed.
select batch_id, party, key_id, wrapped_key from message_batch where batch_id = :batch_id;

-- name: waiting_batch_items
-- The next files of a batch that are not received yet, with their size.
select number, bytes from message_batch_item
where batch_id = :batch_id and settled_at is null
order by number limit :limit;

-- name: open_batch_items
-- Files of a batch that still wait, locked, with their content.
select item.number, original.sealed from message_batch_item item
join message_batch_original original using (batch_id, number)
where item.batch_id = :batch_id and item.number = any(:numbers::int[]) and item.settled_at is null
order by item.number for no key update of item;

-- name: settle_batch_items!
-- The messages that files became; each keeps its own original.
with settled as (
    update message_batch_item item set message_id = received.message_id, settled_at = :at
    from unnest(:numbers::int[], :message_ids::uuid[]) as received (number, message_id)
    where item.batch_id = :batch_id and item.number = received.number
)
delete from message_batch_original where batch_id = :batch_id and number = any(:numbers::int[]);

-- name: refuse_batch_item!
-- A file that is no message that can be received; it stays with the batch.
update message_batch_item set refusal_nl = :refusal_nl, refusal_en = :refusal_en, settled_at = :at
where batch_id = :batch_id and number = :number and settled_at is null;

-- name: finish_batch!
-- Every file of it was received or refused.
update message_batch set finished_at = :at where batch_id = :batch_id;

-- name: answers_in_batch
-- The messages that were written on the files of a batch, with the number of their file.
select item.number, answer.message_id, answer.kind from message_batch_item item
join message answer on answer.answers = item.message_id
where item.batch_id = :batch_id
order by item.number, answer.message_id;
