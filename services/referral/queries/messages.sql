-- name: meet_messages
-- Messages come in: what came before with the text or identification of each, and a number for its answer.
select earlier, answer, number
from unnest(:lines::bigint[], :senders::text[], :kinds::text[], :identifications::text[], :marks::bytea[])
         with ordinality as asked (line, sender, kind, identification, mark, place)
cross join lateral meet_message(line, sender, kind, identification, mark)
order by place;

-- name: keep_messages!
-- Messages with their texts, sealed.
select keep_messages(:messages::jsonb, :marks, :clients, :key_ids, :wrapped_keys, :sealed);

-- name: next_identification$
-- The number of a message that is written.
select nextval('message_number');

-- name: get_message^
-- One message, as far as the caller sent or receives it.
select message.*, answer.message_id as answer_id, answer.kind as answer_kind from message
left join lateral (select message_id, kind from message answer where answer.answers = message.message_id
                   order by answer.at, answer.message_id limit 1) answer on true
where message.message_id = :message_id;

-- name: get_original^
-- The sealed text of a message, with the key that opens it; no key means that the client was erased.
select original.sealed, coalesce(original.key_id, client.key_id) as key_id,
       coalesce(original.wrapped_key, client.wrapped_key) as wrapped_key,
       original.client_id, message.message_id, message.kind,
       find_pseudonym(original.client_id, 'dossier') as client_dossier
from message
join message_original original using (message_id)
left join client using (client_id)
where message.message_id = :message_id;

-- name: find_sent^
-- The message that a retour answers, whether we wrote it or took it in, and before when the retour was to come.
select message_id, receipt_due from message
where sender = :sender and kind = :kind and identification = :identification
order by direction = 'written' desc, at desc limit 1;

-- name: wait_in_line_for$
-- The same message twice at the same moment: one after the other.
select pg_advisory_xact_lock(hashtextextended(:line::text, 0));

-- name: lock_message^
-- One message, locked, with whether it was answered.
select message.*, exists (select from message answer where answer.answers = message.message_id) as answered
from message where message_id = :message_id for no key update of message;

-- name: miss_receipt!
-- Its retour did not come in time.
update message set receipt_missed = true where message_id = :message_id;

-- name: sends_own_retours$
-- Whether the software of a party confirms messages itself.
select coalesce((select own_retours from exchange_setting where party = :party), false);

-- name: put_exchange_setting!
-- Who confirms what a party receives.
insert into exchange_setting (party, own_retours) values (:party, :own_retours)
on conflict (party) do update set own_retours = excluded.own_retours;
