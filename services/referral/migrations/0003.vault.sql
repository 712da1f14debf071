-- The client vault: the one place with personal data, every value sealed with a key of its own client, which is
-- itself wrapped by a key outside PostgreSQL. Without the wrapped key nobody is left to read: that is erasure.

create table client (
    client_id uuid primary key,
    municipality text not null,
    -- Keyed hashes (HMAC) by which a citizen number or a municipality's own reference is found again.
    bsn_index bytea,
    reference_index bytea,
    key_id text,
    wrapped_key bytea,
    sealed bytea,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    erased_at timestamptz,
    unique (municipality, bsn_index),
    unique (municipality, reference_index),
    check ((erased_at is null) = (wrapped_key is not null))
);

-- Another random name per purpose, so that what is known for one purpose cannot be joined with another.
create table client_pseudonym (
    client_id uuid not null references client,
    purpose text not null,
    pseudonym uuid not null unique,
    primary key (client_id, purpose)
);

-- The number under which a provider itself knows the client.
create table provider_client (
    provider text not null,
    client_id uuid not null references client,
    own_number text not null,
    primary key (provider, client_id)
);

-- Survives a restore of an older backup: whoever is in it is erased again before serving.
create table erasure (
    client_id uuid primary key,
    erased_at timestamptz not null,
    reason text not null
);

-- One record per look into a dossier and per person (Logboek Dataverwerkingen; NEN 7513).
create table processing_record (
    record_id uuid primary key,
    trace_id text,
    span_id text not null,
    parent_span_id text,
    name text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    status text not null,
    processing_activity_id text not null,
    data_subject_id uuid not null,
    data_subject_id_type text not null,
    person text not null,
    party text not null,
    roles text[] not null
);
create index processing_record_of_subject on processing_record (data_subject_id, started_at);

create function has_provider_relation(client uuid) returns boolean
    language sql stable parallel safe
    return exists (select from referral where client_id = client and provider = my_provider());

do $$
declare
    name text;
begin
    foreach name in array array['client', 'client_pseudonym', 'provider_client', 'erasure', 'processing_record'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy municipality on client to referral_app using (municipality = my_municipality());
create policy relation on client for select to referral_app using (has_provider_relation(client_id));
create policy new on client for insert to referral_app with check (my_provider() is not null);

create policy seen on client_pseudonym for select to referral_app
    using (exists (select from client where client.client_id = client_pseudonym.client_id));
create policy new on client_pseudonym for insert to referral_app
    with check (my_municipality() is not null or my_provider() is not null);
create policy own on provider_client to referral_app using (provider = my_provider());
create policy own on erasure for insert to referral_app with check (my_municipality() is not null);
create policy written on processing_record for insert to referral_app with check (party = my_party());
create policy own on processing_record for select to referral_app using (party = my_party());
revoke update, delete on processing_record, erasure from referral_app, referral_worker;

-- Whoever knows the index key may find whether somebody is known already, before there is a relation: a provider
-- that asks for an allocation must not make a second dossier. It learns an identifier, never the dossier.
create policy finder on client for select to referral_owner using (true);
create function find_client(in in_municipality text, in by_bsn bytea, in by_reference bytea) returns uuid
    language sql stable security definer set search_path from current
    as $$
        select client_id from client
        where municipality = in_municipality and erased_at is null
          and (bsn_index = by_bsn or reference_index = by_reference)
        order by bsn_index = by_bsn desc nulls last
        limit 1
    $$;
create policy finder on client_pseudonym for select to referral_owner using (true);
create function find_pseudonym(in of_client uuid, in for_purpose text) returns uuid
    language sql stable security definer set search_path from current
    as $$ select pseudonym from client_pseudonym where client_id = of_client and purpose = for_purpose $$;
