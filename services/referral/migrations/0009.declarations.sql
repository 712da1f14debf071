-- Declarations (323) as they were judged and answered (325), line by line. No personal data: a client is the vault's
-- own identifier, and the citizen numbers stay in the sealed messages.

create table declaration (
    declaration_id uuid primary key,
    municipality text not null,
    provider text not null,
    law text not null,
    -- DeclaratieNummer of the provider.
    number text not null,
    -- First day of the calendar month that it declares.
    period date not null,
    declared_on date not null,
    message_id uuid not null references message,
    answer_id uuid not null references message,
    -- Whether its lines were judged one by one. If not, it was refused as a whole and no reference in it counts as used.
    assessed boolean not null,
    -- Of the declaration itself, 8001 and 0200 left out.
    return_codes text[] not null,
    -- Signed cents: credits count below zero.
    submitted_cents bigint not null,
    granted_cents bigint not null,
    rejected_cents bigint not null,
    lines integer not null,
    rejected_lines integer not null,
    received_at timestamptz not null,
    answer_due timestamptz not null,
    answered_at timestamptz not null,
    check (granted_cents + rejected_cents = submitted_cents)
);
create index declaration_of_provider on declaration (provider, received_at desc, declaration_id desc);
create index declaration_of_municipality on declaration (municipality, received_at desc, declaration_id desc);
create index declaration_number on declaration (provider, municipality, law, number);
create index declaration_of_message on declaration (message_id);
create index declaration_of_answer on declaration (answer_id);

-- Care of one product in one period, as it was declared (Prestatie). Twenty million lines a year: what a judgement
-- looks for stands in two narrow indexes, and totals per allocation are read from the second alone.
create table performance (
    declaration_id uuid not null references declaration,
    -- Place in the message, from 1.
    line integer not null,
    municipality text not null,
    provider text not null,
    law text not null,
    reference text not null,
    -- Of a credit: the debit that it takes back.
    previous_reference text,
    allocation_number bigint not null,
    -- Empty when the municipality does not know the citizen number.
    client_id uuid references client,
    category text not null,
    product_code text not null,
    starts_on date not null,
    ends_on date not null,
    volume bigint not null,
    unit text not null,
    by_effort boolean not null,
    tariff_cents bigint,
    -- Never negative; credit tells which way it goes.
    amount_cents bigint not null,
    credit boolean not null,
    granted boolean not null,
    codes text[] not null,
    -- The agreement whose tariff held on the first day; a credit has that of its debit.
    agreement_id uuid,
    -- The declaration whose credit took this debit back.
    credited_in uuid references declaration,
    primary key (declaration_id, line),
    check (granted or cardinality(codes) > 0)
);
create index performance_reference on performance (provider, municipality, law, reference);
create index performance_standing on performance (municipality, law, allocation_number)
    include (provider, unit, volume, amount_cents) where granted and not credit and credited_in is null;
create index performance_rejected on performance (declaration_id, line) where not granted;

-- What a unit of a product costs under an agreement: read model of commissioning. Of several lines that hold on a day
-- the latest agreement goes first, then the municipality's own line, then the latest line.
create table agreed_tariff (
    agreement_id uuid not null,
    municipality text not null,
    line integer not null,
    provider text not null,
    product_code text not null,
    law text not null,
    unit text not null,
    cents bigint not null,
    -- Whether the line names this municipality.
    own boolean not null,
    valid_from date not null,
    valid_until date,
    agreed_from date not null,
    primary key (agreement_id, municipality, line)
);
create index agreed_tariff_here on agreed_tariff (municipality, provider, law, product_code);

-- Who is in a message about many people: as soon as one of them is erased, its text goes.
create table message_clients (
    message_id uuid primary key references message,
    clients uuid[] not null
);
create index message_clients_all on message_clients using gin (clients);

do $$
declare
    name text;
begin
    foreach name in array array['declaration', 'performance', 'agreed_tariff', 'message_clients'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
    foreach name in array array['declaration', 'performance'] loop
        execute format('create policy party on %I to referral_app using (municipality = my_municipality()'
                       ' or provider = my_provider())', name);
    end loop;
end $$;

create policy party on agreed_tariff for select to referral_app
    using (municipality = my_municipality() or provider = my_provider());
revoke insert, update, delete on agreed_tariff from referral_app;
create policy new on message_clients for insert to referral_app
    with check (exists (select from message where message.message_id = message_clients.message_id));

-- Citizen numbers, many at once: identifiers, never a dossier (as find_client does for one).
create function find_clients(in in_municipality text, in by_bsn bytea[])
    returns table (bsn_index bytea, client_id uuid)
    language sql stable security definer set search_path from current
    as $$
        select client.bsn_index, client.client_id from client
        where municipality = in_municipality and erased_at is null and client.bsn_index = any(by_bsn)
    $$;

-- Who erases a client need not be a party to the message.
create policy eraser on message_clients to referral_owner using (true);
create policy eraser on message_original to referral_owner using (true);
create or replace function forget_files_with(erased uuid[]) returns void
    language sql security definer set search_path from current
    as $$
        delete from import_original where clients && erased;
        delete from message_original where message_id in (select message_id from message_clients where clients && erased)
    $$;

-- The projection of the market has a table more: it reads the agreements again.
delete from consumer_position where group_name = 'referral-market';
