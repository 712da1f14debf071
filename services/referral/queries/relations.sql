-- name: relations_of_client
-- Everybody around a client, ended ones included, in the order in which they were recorded.
select number, sealed, ended_at, changed_at from client_relation where client_id = :client_id order by number;

-- name: get_relation^
-- One of them, still sealed.
select number, sealed, ended_at from client_relation where client_id = :client_id and number = :number;

-- name: add_relation$
-- A new one, under the next number: one that was given is never given again. The client is locked.
insert into client_relation (client_id, number, sealed, changed_at)
select :client_id, coalesce(max(number), 0) + 1, :sealed, :at from client_relation where client_id = :client_id
returning number;

-- name: change_relation!
-- What is known of it from now on.
update client_relation set sealed = :sealed, changed_at = :at where client_id = :client_id and number = :number;

-- name: end_relation!
-- No longer around the client; the number stays taken.
update client_relation set ended_at = :at, changed_at = :at
where client_id = :client_id and number = :number and ended_at is null;

-- name: get_circumstances$
-- What else holds for a client, sealed.
select sealed from client_circumstance where client_id = :client_id;

-- name: put_circumstances!
-- What holds from now on.
insert into client_circumstance (client_id, sealed, changed_at) values (:client_id, :sealed, :at)
on conflict (client_id) do update set sealed = excluded.sealed, changed_at = excluded.changed_at;

-- name: authority_is_known!
-- A provider said that it knows who has authority.
insert into authority_known (client_id, provider, told_at) values (:client_id, :provider, :at)
on conflict (client_id, provider) do update set told_at = excluded.told_at;

-- name: authority_is_not_known!
-- A provider said that it does not know.
delete from authority_known where client_id = :client_id and provider = :provider;

-- name: authority_changed!
-- What providers knew of who has authority holds no longer.
delete from authority_known where client_id = :client_id;

-- name: around_client^
-- In one look what a message about a client to a provider depends on; everything personal is sealed.
select (select sealed from client_circumstance where client_id = :client_id) as circumstances,
       (select array_agg(number order by number) from client_relation
        where client_id = :client_id and ended_at is null) as numbers,
       (select array_agg(sealed order by number) from client_relation
        where client_id = :client_id and ended_at is null) as sealed,
       exists (select from authority_known where client_id = :client_id and provider = :provider) as authority_known;

-- name: forget_around!
-- With a client who is erased goes everybody around them.
with relations as (delete from client_relation where client_id = any(:clients::uuid[])),
     known as (delete from authority_known where client_id = any(:clients::uuid[])),
     named as (delete from named_around where client_id = any(:clients::uuid[]))
delete from client_circumstance where client_id = any(:clients::uuid[]);

-- name: forget_around_again!
-- After a restore, before serving.
with relations as (delete from client_relation using erasure where erasure.client_id = client_relation.client_id),
     known as (delete from authority_known using erasure where erasure.client_id = authority_known.client_id),
     named as (delete from named_around using erasure where erasure.client_id = named_around.client_id)
delete from client_circumstance using erasure where erasure.client_id = client_circumstance.client_id;

-- name: referrals_of_client
-- The journeys of one client that the caller may see, latest request first.
select referral.*, own_number,
       (select name from known_provider where known_provider.provider = referral.provider) as provider_name
from referral
left join provider_client on provider_client.client_id = referral.client_id
                         and provider_client.provider = my_provider()
where referral.client_id = (select client_id from client_pseudonym where purpose = 'dossier' and pseudonym = :client)
order by requested_at desc, referral_id desc limit 200;

-- name: allocations_of_client
-- What is allocated to one client without a journey, latest first day first.
select allocation.*, find_pseudonym(client_id, 'dossier') as client_dossier from allocation
where client_id = (select client_id from client_pseudonym where purpose = 'dossier' and pseudonym = :client)
  and referral_id is null
order by starts_on desc, number desc limit 200;

-- name: decided_about_client
-- What was decided about a client since an instant, with a journey or without.
select * from allocation where client_id = :client_id and decided_at >= :since order by law, provider, number;
