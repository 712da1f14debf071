-- Personal budgets (persoonsgebonden budget, pgb) that a municipality granted to a client, who buys the help. No product
-- code: for every product of the category. What is paid from it is no business of this service. One that was recorded by
-- mistake stays, withdrawn.
create table personal_budget (
    budget_id uuid primary key,
    municipality text not null,
    client_id uuid not null references client,
    law text not null,
    category text not null,
    product_code text,
    starts_on date not null,
    ends_on date check (ends_on >= starts_on),
    changed_at timestamptz not null,
    withdrawn_at timestamptz
);
create index personal_budget_of_client on personal_budget (client_id) where withdrawn_at is null;

alter table personal_budget enable row level security;
alter table personal_budget force row level security;
create policy system on personal_budget to referral_worker using (true) with check (true);
-- Of the municipality alone: a provider hears only that its own allocation ends.
create policy municipality on personal_budget to referral_app using (municipality = my_municipality());
