-- Who stands around a client: parents, guardians and others, each sealed with the key of the client. The number is what
-- messages call them by: unique for a client, given once and never to somebody else (iStandaarden OP071).
create table client_relation (
    client_id uuid not null references client,
    number integer not null check (number > 0),
    sealed bytea not null,
    ended_at timestamptz,
    changed_at timestamptz not null,
    primary key (client_id, number)
);

-- What else holds for a client, sealed in the same way: their authority over themselves, and whether messages may go.
create table client_circumstance (
    client_id uuid primary key references client,
    sealed bytea not null,
    changed_at timestamptz not null
);

-- Providers that said in a 315 that they know who has legal authority (iStandaarden OP002x1), until that changes.
create table authority_known (
    client_id uuid not null references client,
    provider text not null,
    told_at timestamptz not null,
    primary key (client_id, provider)
);

do $$
declare
    name text;
begin
    foreach name in array array['client_relation', 'client_circumstance', 'authority_known'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
        execute format('create policy municipality on %I to referral_app using (exists (select from client'
                       ' where client.client_id = %I.client_id and municipality = my_municipality()))', name, name);
    end loop;
end $$;

-- A provider's own act may lead to a 301 (a crisis), and to a message of its own that may not go.
create policy relation on client_relation for select to referral_app using (has_provider_relation(client_id));
create policy relation on client_circumstance for select to referral_app using (has_provider_relation(client_id));
create policy own on authority_known to referral_app using (provider = my_provider());
