-- Agreements, their signatures, the files they were imported from, and the warnings about their spending room.

create table agreement (
    agreement_id uuid primary key,
    commission_id uuid references commission,
    application_id uuid references application,
    reference text,
    owner text not null,
    provider text not null,
    provider_party text not null,
    municipalities text[] not null,
    products jsonb not null,
    tariffs jsonb not null,
    ceiling_cents bigint,
    valid_from date not null,
    valid_until date,
    status text not null,
    imported boolean not null,
    drafted_at timestamptz not null,
    sign_due timestamptz,
    concluded_at timestamptz,
    unique (owner, reference)
);
create index agreement_by_time on agreement (drafted_at desc, agreement_id desc);
-- One running draft or agreement per application: a second one would be signed by mistake.
create unique index agreement_of_application on agreement (application_id) where status <> 'void';

create table signature (
    agreement_id uuid not null references agreement,
    party text not null,
    person text not null,
    signed_at timestamptz not null,
    primary key (agreement_id, party)
);

-- The original of every imported workbook is kept.
create table import_file (
    import_id uuid primary key,
    owner text not null,
    sha256 text not null,
    content bytea not null,
    created integer not null,
    changed integer not null,
    unchanged integer not null,
    imported_at timestamptz not null,
    unique (owner, sha256, imported_at)
);

-- Once per agreement and year. Not a read model: a warning was given, and is not taken back by a rebuild.
create table spending_warning (
    agreement_id uuid not null,
    year integer not null,
    owner text not null,
    provider_party text not null,
    committed_cents bigint not null,
    ceiling_cents bigint not null,
    forecast_cents bigint not null,
    warned_at timestamptz not null,
    talk_due timestamptz not null,
    decision_due timestamptz not null,
    talked_on date,
    talk_note text,
    decided_on date,
    decision text,
    decision_note text,
    primary key (agreement_id, year)
);

do $$
declare
    name text;
begin
    foreach name in array array['agreement', 'signature', 'import_file', 'spending_warning'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to commissioning_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy reading on agreement for select to commissioning_app
    using (owner = my_party() or provider_party = my_party() or takes_part(agreement_id));
create policy own on agreement for insert to commissioning_app with check (owner = my_party());
create policy change on agreement for update to commissioning_app
    using (owner = my_party() or provider_party = my_party());

create policy reading on signature for select to commissioning_app
    using (exists (select from agreement where agreement.agreement_id = signature.agreement_id));
create policy own on signature for insert to commissioning_app with check (party = my_party());

create policy own on import_file to commissioning_app using (owner = my_party()) with check (owner = my_party());

create policy reading on spending_warning for select to commissioning_app
    using (exists (select from agreement where agreement.agreement_id = spending_warning.agreement_id));
create policy own on spending_warning for update to commissioning_app using (owner = my_party());

-- Both sides of an agreement know its terms: signing last, a provider sets the commissioner's own.
create function side_of(subject text) returns boolean
    language sql stable parallel safe
    return subject like 'agreement/%' and exists (
        select from agreement
        where agreement.agreement_id = split_part(subject, '/', 2)::uuid
          and (agreement.owner = my_party() or agreement.provider_party = my_party()));

create policy party on deadline to commissioning_app
    using (party = my_party() or side_of(subject)) with check (party = my_party() or side_of(subject));
