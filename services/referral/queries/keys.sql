-- name: messages_under_other_keys
-- Texts of messages about nobody or about many, whose own key is not wrapped by the current wrapping key yet.
select message_id as owner, key_id, wrapped_key from message_original
where key_id <> :key_id order by message_id limit :limit for update skip locked;

-- name: rewrap_messages!
-- The same data keys under the current wrapping key.
update message_original set key_id = :key_id, wrapped_key = moved.wrapped
from unnest(:owners::uuid[], :wrapped::bytea[]) as moved (owner, wrapped) where message_id = moved.owner;

-- name: imports_under_other_keys
-- Imported files whose key is not wrapped by the current wrapping key yet.
select import_id as owner, key_id, wrapped_key from import_original
where key_id <> :key_id order by import_id limit :limit for update skip locked;

-- name: rewrap_imports!
-- The same data keys under the current wrapping key.
update import_original set key_id = :key_id, wrapped_key = moved.wrapped
from unnest(:owners::uuid[], :wrapped::bytea[]) as moved (owner, wrapped) where import_id = moved.owner;

-- name: batches_under_other_keys
-- Batches of messages whose key is not wrapped by the current wrapping key yet.
select batch_id as owner, key_id, wrapped_key from message_batch
where key_id <> :key_id order by batch_id limit :limit for update skip locked;

-- name: rewrap_batches!
-- The same data keys under the current wrapping key.
update message_batch set key_id = :key_id, wrapped_key = moved.wrapped
from unnest(:owners::uuid[], :wrapped::bytea[]) as moved (owner, wrapped) where batch_id = moved.owner;

-- name: clients_under_other_keys
-- Dossiers whose key is not wrapped by the current wrapping key yet.
select client_id as owner, key_id, wrapped_key from client
where key_id <> :key_id and erased_at is null order by client_id limit :limit for update skip locked;

-- name: rewrap_clients!
-- The same data keys under the current wrapping key.
update client set key_id = :key_id, wrapped_key = moved.wrapped
from unnest(:owners::uuid[], :wrapped::bytea[]) as moved (owner, wrapped)
where client_id = moved.owner and erased_at is null;

-- name: keys_in_use
-- How many data keys each wrapping key wraps.
select key_id, sum(number)::bigint as number from (
    select key_id, count(*) as number from client where key_id is not null group by key_id
    union all
    select key_id, count(*) from message_original where key_id is not null group by key_id
    union all
    select key_id, count(*) from import_original group by key_id
    union all
    select key_id, count(*) from message_batch group by key_id
) wrapped group by key_id order by key_id;
