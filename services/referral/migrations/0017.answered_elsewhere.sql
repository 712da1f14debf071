-- Declarations that a municipality with another system answered (a 325 that came in): what it granted, line by line. They
-- stand beside what Samenspel answers itself and count in no judgement. No personal data: a client is the vault's own
-- identifier.
create table elsewhere_declaration (
    declaration_id uuid primary key,
    municipality text not null,
    provider text not null,
    law text not null,
    number text not null,
    period date not null,
    declared_on date not null,
    -- The 323; the 325 itself when the 323 did not go through Samenspel.
    message_id uuid not null references message,
    answer_id uuid not null references message,
    return_codes text[] not null,
    submitted_cents bigint not null,
    granted_cents bigint not null,
    rejected_cents bigint not null,
    -- Those that are known: all of the 323, or else only the rejected ones of the 325.
    lines integer not null,
    rejected_lines integer not null,
    received_at timestamptz not null,
    answer_due timestamptz not null,
    answered_at timestamptz not null,
    -- Whether the answer fits with what was declared; what is wrong with it stands with the message.
    fits boolean not null
);
create index elsewhere_of_provider on elsewhere_declaration (provider, received_at desc, declaration_id desc);
create index elsewhere_of_municipality on elsewhere_declaration (municipality, received_at desc, declaration_id desc);
create index elsewhere_of_answer on elsewhere_declaration (answer_id);

create table elsewhere_performance (
    declaration_id uuid not null references elsewhere_declaration on delete cascade,
    line integer not null,
    municipality text not null,
    provider text not null,
    law text not null,
    reference text not null,
    previous_reference text,
    allocation_number bigint not null,
    client_id uuid references client,
    category text not null,
    product_code text not null,
    starts_on date not null,
    ends_on date not null,
    volume bigint not null,
    unit text not null,
    by_effort boolean not null,
    tariff_cents bigint,
    amount_cents bigint not null,
    credit boolean not null,
    granted boolean not null,
    codes text[] not null,
    -- The declaration whose credit took this debit back.
    credited_in uuid,
    primary key (declaration_id, line)
);
create index elsewhere_reference on elsewhere_performance (provider, municipality, law, reference);
create index elsewhere_standing on elsewhere_performance (municipality, law, allocation_number)
    where granted and not credit and credited_in is null;

do $$
declare
    name text;
begin
    foreach name in array array['elsewhere_declaration', 'elsewhere_performance'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
        execute format('create policy party on %I to referral_app using (municipality = my_municipality()'
                       ' or provider = my_provider())', name);
    end loop;
end $$;
