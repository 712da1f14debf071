-- Whom allocations (301) to a provider named around a client, as the latest of them left it, under one law: sealed with the
-- key of the client. Another municipality or provider has its own: what one was told the other does not know.
create table named_around (
    client_id uuid not null references client,
    provider text not null,
    law text not null,
    -- Of the latest 301: the day on it, and the latest decision in it.
    dated date not null,
    decided_at timestamptz not null,
    sealed bytea not null,
    primary key (client_id, provider, law)
);
alter table named_around enable row level security;
alter table named_around force row level security;
create policy system on named_around to referral_worker using (true) with check (true);
create policy municipality on named_around to referral_app using (exists (
    select from client where client.client_id = named_around.client_id and municipality = my_municipality()));
-- As long as it has a relation with the client; its own act may lead to a 301 (a crisis).
create policy own on named_around to referral_app using (
    provider = my_provider() and has_provider_relation(client_id));
