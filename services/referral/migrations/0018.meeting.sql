-- What is asked of the database for every message that comes in or goes out takes one round trip each.

-- Every message that is written has a number: unique for its sender, which is all the standard wants of it (TR056).
-- A sequence gives it to two writers at once; a row per sender made all of them wait for each other's commit.
create sequence message_number;
do $$ begin perform setval('message_number', (select coalesce(max(last), 0) + 1 from message_counter), false); end $$;
drop table message_counter;

-- Meets a message at the door: the same message twice at the same moment comes one after the other (``line``), and what
-- came before with its text or, when it has one, its identification is found. Gives the number of an answer besides.
create function meet_message(in line bigint, in of_sender text, in of_kind text, in of_identification text,
                             in of_mark bytea, out earlier message, out answer message, out number bigint)
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(line);
    select m.* into earlier from message m
    where m.direction = 'received' and m.sender = of_sender and m.content_mark = of_mark;
    if earlier.message_id is null and of_identification is not null then
        select m.* into earlier from message m
        where m.direction = 'received' and m.sender = of_sender and m.kind = of_kind
          and m.identification = of_identification
          and coalesce(m.level, '') not in ('technical', '1', '2') and not m.return_codes @> array['9056'];
    end if;
    if earlier.message_id is not null then
        select a.* into answer from message a where a.answers = earlier.message_id order by a.at, a.message_id limit 1;
    end if;
    number := nextval('message_number');
end $$;

-- One look per index: with both in one condition the table was read from end to end before it had statistics.
create or replace function find_client(in in_municipality text, in by_bsn bytea, in by_reference bytea) returns uuid
    language plpgsql stable security definer set search_path from current
    as $$
declare
    who uuid;
begin
    select c.client_id into who from client c
    where c.municipality = in_municipality and c.bsn_index = by_bsn and c.erased_at is null;
    if who is null then
        select c.client_id into who from client c
        where c.municipality = in_municipality and c.reference_index = by_reference and c.erased_at is null;
    end if;
    return who;
end $$;

-- All that one client, one provider and one municipality told each other under one law, with the client as far as the
-- caller may see the dossier. Journeys come before allocations, as in every act on a journey, and both are locked: nobody
-- waits for each other in a circle. Messages about one client come one after the other (``line``). ``refs`` are those of
-- requests, ``numbers`` those of allocations that a 301 tells (null for other messages), ``codes`` products.
create function meet_client(in line bigint, in of_municipality text, in of_provider text, in of_law text,
                            in by_bsn bytea, in refs text[], in numbers bigint[], in codes text[],
                            out who uuid, out stream uuid, out dossier uuid, out person client,
                            out journeys referral[], out allocated allocation[], out reported reported_delivery[],
                            out requested chain_request[], out claimed bigint[], out of_others bigint[],
                            out categories jsonb)
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(line);
    if by_bsn is not null then
        who := find_client(of_municipality, by_bsn, null);
    end if;
    if who is not null then
        select c.* into person from client c where c.client_id = who;
        stream := find_pseudonym(who, 'stream');
        dossier := find_pseudonym(who, 'dossier');
        journeys := array(
            select r from referral r
            where r.client_id = who and r.municipality = of_municipality and r.provider = of_provider
              and r.law = of_law
            order by r.referral_id for no key update);
        allocated := array(
            select a from allocation a
            where a.client_id = who and a.municipality = of_municipality and a.provider = of_provider
              and a.law = of_law
            order by a.number for no key update);
        reported := array(
            select d from reported_delivery d
            where d.client_id = who and d.municipality = of_municipality and d.provider = of_provider
              and d.law = of_law
            order by d.reported_at, d.reason is not null, d.delivery_id);
    end if;
    if refs is not null then
        requested := array(
            select q from chain_request q
            where q.municipality = of_municipality and q.provider = of_provider and q.law = of_law
              and (q.reference = any(refs)
                   or (q.client_id = who and q.granted_at is null and not 'rejected' = any(q.answers))));
    end if;
    if numbers is not null then
        of_others := array(
            select a.number from allocation a
            where a.municipality = of_municipality and a.law = of_law and a.number = any(numbers)
              and a.client_id is distinct from who);
        claimed := array(
            select distinct p.allocation_number from performance p
            where p.municipality = of_municipality and p.law = of_law
              and p.allocation_number = any(array(select a.number from unnest(allocated) a))
              and p.granted and not p.credit and p.credited_in is null);
    end if;
    if cardinality(codes) > 0 then
        select jsonb_object_agg(known.product_code, known.listed) into categories
        from (select product_code, jsonb_agg(distinct category) as listed from agreed_product
              where municipality = of_municipality and product_code = any(codes) group by product_code) known;
    end if;
end $$;

-- Messages with their texts, sealed: the texts under the key of their client, or with a key of their own.
create function keep_messages(in messages jsonb, in marks bytea[], in clients uuid[], in key_ids text[],
                              in wrapped_keys bytea[], in sealed bytea[])
    returns void language plpgsql as $$
begin
    insert into message (message_id, direction, kind, sender, receiver, identification, dated, content_mark, accepted,
                         level, return_codes, findings, answers, referral_ids, at, receipt_due)
    select m.message_id, m.direction, m.kind, m.sender, m.receiver, m.identification, m.dated, marks[m.line],
           m.accepted, m.level, m.return_codes, m.findings, m.answers, m.referral_ids, m.at, m.receipt_due
    from jsonb_to_recordset(messages) as m (
        line int, message_id uuid, direction text, kind text, sender text, receiver text, identification text,
        dated date, accepted boolean, level text, return_codes text[], findings jsonb, answers uuid,
        referral_ids uuid[], at timestamptz, receipt_due timestamptz);
    insert into message_original (message_id, client_id, key_id, wrapped_key, sealed)
    select m.message_id, clients[m.line], key_ids[m.line], wrapped_keys[m.line], sealed[m.line]
    from jsonb_to_recordset(messages) as m (line int, message_id uuid);
end $$;
