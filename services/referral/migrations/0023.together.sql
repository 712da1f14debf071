-- Many messages are met, kept and answered in one statement each; what is written of many at once is found by index.

-- One look per index, whatever the planner knows of a table: each names all that a relation is known by, in the order in
-- which its rows are locked.
drop index referral_of_client, allocation_of_client, reported_delivery_of_client, chain_request_of_client;
create index referral_of_client on referral (client_id, municipality, provider, law, referral_id);
create index allocation_of_client on allocation (client_id, municipality, provider, law, number);
create index reported_delivery_of_client on reported_delivery (client_id, municipality, provider, law, number);
create index chain_request_of_client on chain_request (client_id, municipality, provider, law);

-- The categories under which a municipality knows products; a code that it does not know is left out.
create function categories_of(in of_municipality text, in codes text[]) returns jsonb language plpgsql stable as $$
begin
    return (select jsonb_object_agg(known.product_code, known.listed)
            from (select product_code, jsonb_agg(distinct category) as listed from agreed_product
                  where municipality = of_municipality and product_code = any(codes) group by product_code) known);
end $$;

-- As before, with a look of its own for the requests under references and for those of the client: both in one condition
-- read all requests of a provider.
create or replace function meet_client(in line bigint, in of_municipality text, in of_provider text, in of_law text,
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
              and q.reference = any(refs));
        requested := requested || array(
            select q from chain_request q
            where q.client_id = who and q.municipality = of_municipality and q.provider = of_provider and q.law = of_law
              and q.granted_at is null and not 'rejected' = any(q.answers) and q.reference <> all(refs));
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
        categories := categories_of(of_municipality, codes);
    end if;
end $$;

-- What row-level security asks of a row, with plans that are kept: a function in the language sql was planned anew in every
-- statement, which took longer than the statement. Names are in full, as whoever asks may have another search path.
create or replace function is_subject_here(subject uuid) returns boolean language plpgsql stable parallel safe as $$
begin
    return exists (select from referral.referral where referral_id = subject)
        or exists (select from referral.chain_request where request_id = subject)
        or exists (select from referral.message where message_id = subject);
end $$;

create or replace function has_provider_relation(client uuid) returns boolean
    language plpgsql stable parallel safe as $$
begin
    return exists (select from referral.referral where client_id = client and provider = referral.my_provider())
        or exists (select from referral.allocation
                   where client_id = client and provider = referral.my_provider()
                     and (not removed or referral_id is null))
        or exists (select from referral.chain_request
                   where client_id = client and provider = referral.my_provider()
                     and not 'rejected' = any(answers));
end $$;

create or replace function find_pseudonym(in of_client uuid, in for_purpose text) returns uuid
    language plpgsql stable security definer set search_path from current as $$
begin
    return (select pseudonym from client_pseudonym where client_id = of_client and purpose = for_purpose);
end $$;

-- Promises that nobody waits for any more, and promises made or made anew: those are open again. ``kinds`` are those of each
-- subject, with spaces between. One after the other: a join was planned while the table was small, and then read all of it.
create function change_deadlines(in subjects text[], in kinds text[], in promises jsonb, in changed_at timestamptz)
    returns void language plpgsql as $$
begin
    for place in 1 .. cardinality(subjects) loop
        update deadline d set done_at = changed_at
        where d.subject = subjects[place] and d.kind = any(string_to_array(kinds[place], ' ')) and d.done_at is null;
    end loop;
    insert into deadline as d (subject, kind, due, party, rule, workflow)
    select p.subject, p.kind, p.due, p.party, p.rule, p.workflow
    from jsonb_populate_recordset(null::deadline, promises) as p
    on conflict (subject, kind) do update
    set due = excluded.due, party = excluded.party, rule = excluded.rule, workflow = excluded.workflow, done_at = null;
end $$;

-- Dossiers that were completed or corrected; as above.
create function reseal_clients(in ids uuid[], in texts bytea[], in by_bsn bytea[], in by_reference bytea[],
                               in resealed_at timestamptz)
    returns void language plpgsql as $$
begin
    for place in 1 .. cardinality(ids) loop
        update client c
        set sealed = texts[place], bsn_index = coalesce(by_bsn[place], c.bsn_index),
            reference_index = coalesce(by_reference[place], c.reference_index), changed_at = resealed_at
        where c.client_id = ids[place] and c.erased_at is null;
    end loop;
end $$;
