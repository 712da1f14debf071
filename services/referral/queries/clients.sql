-- name: find_client$
-- Who a citizen number or reference belongs to in a municipality, whoever asks; an identifier, never the dossier.
select find_client(:municipality, :bsn_index, :reference_index);

-- name: get_client^
-- A dossier as it is stored, for who has a relation with it.
select client_id, municipality, key_id, wrapped_key, sealed, erased_at from client where client_id = :client_id;

-- name: lock_client^
-- The same, locked, for who is about to say what it holds.
select client_id, municipality, key_id, wrapped_key, sealed, erased_at from client where client_id = :client_id
for update;

-- name: clients_of_pseudonyms
-- Dossiers by the names under which the API knows them, as far as the caller has a relation with them.
select client.client_id, client.municipality, key_id, wrapped_key, client.sealed, erased_at, version, pseudonym,
       own_number, client_circumstance.sealed as circumstances
from client_pseudonym
join client using (client_id)
left join client_circumstance using (client_id)
left join provider_client on provider_client.client_id = client.client_id and provider_client.provider = my_provider()
where purpose = 'dossier' and pseudonym = any(:pseudonyms::uuid[]);

-- name: insert_clients!
-- New dossiers, sealed, with their name for each purpose.
with new as (
    select * from unnest(:client_ids::uuid[], :municipalities::text[], :bsn_indexes::bytea[], :reference_indexes::bytea[],
                         :key_ids::text[], :wrapped_keys::bytea[], :sealed::bytea[], :streams::uuid[], :dossiers::uuid[])
        as each (client_id, municipality, bsn_index, reference_index, key_id, wrapped_key, sealed, stream, dossier)
),
kept as (
    insert into client (client_id, municipality, bsn_index, reference_index, key_id, wrapped_key, sealed,
                        created_at, changed_at)
    select client_id, municipality, bsn_index, reference_index, key_id, wrapped_key, sealed, :at, :at from new
)
insert into client_pseudonym (client_id, purpose, pseudonym)
select client_id, 'stream', stream from new
union all
select client_id, 'dossier', dossier from new;

-- name: reseal_clients!
-- Dossiers that were completed or corrected.
select reseal_clients(:client_ids, :sealed, :bsn_indexes, :reference_indexes, :at);

-- name: erase_client!
-- Without its key a dossier is unreadable for ever; without the indexes nobody can be found either.
update client set key_id = null, wrapped_key = null, sealed = null, bsn_index = null, reference_index = null,
                  changed_at = :at, erased_at = :at
where client_id = :client_id and erased_at is null;

-- name: forget_files_with$
-- The files in which these clients came.
select forget_files_with(:clients::uuid[]);

-- name: note_erasure!
-- Remembered, so that a restored backup is erased again.
insert into erasure (client_id, erased_at, reason) values (:client_id, :at, :reason) on conflict do nothing;

-- name: repeat_erasures!
-- After a restore, before serving: whoever was erased stays erased.
update client set key_id = null, wrapped_key = null, sealed = null, bsn_index = null, reference_index = null,
                  changed_at = erasure.erased_at, erased_at = erasure.erased_at
from erasure where erasure.client_id = client.client_id and client.erased_at is null;

-- name: forget_files_again$
-- After a restore, before serving: the files in which they came.
select forget_files_with(array(select client_id from erasure));

-- name: find_pseudonyms^
-- The names of a client in events and in the API.
select find_pseudonym(:client_id, 'stream') as stream, find_pseudonym(:client_id, 'dossier') as dossier;

-- name: find_known_clients
-- Which of many blind indexes are known already; for imports by a municipality or by the system.
select client_id, municipality, bsn_index, reference_index, find_pseudonym(client_id, 'stream') as stream,
       find_pseudonym(client_id, 'dossier') as dossier
from client
where erased_at is null and municipality = any(:municipalities::text[])
  and (bsn_index = any(:indexes::bytea[]) or reference_index = any(:indexes::bytea[]));

-- name: put_own_number!
-- The number under which a provider itself knows a client.
insert into provider_client (provider, client_id, own_number) values (:provider, :client_id, :own_number)
on conflict (provider, client_id) do update set own_number = excluded.own_number;

-- name: write_processing_records!
-- One record per look and per person; written before the answer leaves.
insert into processing_record (record_id, trace_id, span_id, parent_span_id, name, started_at, ended_at, status,
                               processing_activity_id, data_subject_id, data_subject_id_type, person, party, roles)
select record_id, trace_id, span_id, parent_span_id, name, started_at, ended_at, status,
       processing_activity_id, data_subject_id, data_subject_id_type, person, party, roles
from jsonb_populate_recordset(null::processing_record, :rows::jsonb);

-- name: lock_client_of_pseudonym^
-- One dossier by the name under which the API knows it, locked.
select client.client_id, client.erased_at, client.version from client join client_pseudonym using (client_id)
where purpose = 'dossier' and pseudonym = :pseudonym for update of client;

-- name: count_running$
-- How many journeys of a client have not ended.
select count(*) from referral where client_id = :client_id and status <> all(:ended::text[]);

-- name: wait_in_line$
-- One after the other, to the end of the transaction.
select pg_advisory_xact_lock(:number::bigint);

-- name: put_referrers!
-- Who pointed the way, sealed.
insert into referrer_detail (referral_id, client_id, sealed)
select * from unnest(:referral_ids::uuid[], :client_ids::uuid[], :sealed::bytea[])
on conflict (referral_id) do update set sealed = excluded.sealed;

-- name: get_referrer$
-- Who pointed the way, sealed.
select sealed from referrer_detail where referral_id = :referral_id;
