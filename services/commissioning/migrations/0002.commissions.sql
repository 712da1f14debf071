-- Scenarios, commissions, their questions, sealed applications and assessments.

create table scenario (
    scenario_id uuid primary key,
    owner text not null,
    title text not null,
    story text not null,
    municipalities text[] not null,
    frames uuid[] not null,
    outcomes jsonb not null,
    status text not null,
    version integer not null,
    drafted_at timestamptz not null,
    published_at timestamptz
);
create index scenario_by_time on scenario (drafted_at desc, scenario_id desc);

create table commission (
    commission_id uuid primary key,
    owner text not null,
    scenario_id uuid not null references scenario,
    title text not null,
    municipalities text[] not null,
    products jsonb not null,
    requirements jsonb not null,
    terms jsonb not null,
    valid_from date not null,
    valid_until date,
    duration_reason text,
    stage text not null,
    version integer not null,
    drafted_at timestamptz not null,
    published_at timestamptz,
    questions_due timestamptz,
    applications_due timestamptz,
    assessment_due timestamptz,
    standstill_until timestamptz,
    reminded_at timestamptz,
    withdrawn_at timestamptz,
    withdrawal_reason text
);
create index commission_by_time on commission (drafted_at desc, commission_id desc);

create table question (
    question_id uuid primary key,
    commission_id uuid not null references commission,
    owner text not null,
    asked_by text not null,
    question text not null,
    asked_at timestamptz not null,
    answer text,
    answered_at timestamptz
);
create index question_of_commission on question (commission_id, asked_at);

create table application (
    application_id uuid primary key,
    commission_id uuid not null references commission,
    owner text not null,
    provider text not null,
    provider_party text not null,
    products text[] not null,
    answers jsonb not null,
    submitted_at timestamptz not null,
    sealed_until timestamptz not null,
    unique (commission_id, provider)
);

create table assessment (
    application_id uuid primary key references application,
    commission_id uuid not null references commission,
    owner text not null,
    provider_party text not null,
    admitted boolean not null,
    judgements jsonb not null,
    assessed_at timestamptz not null,
    announced_at timestamptz
);
create index assessment_of_commission on assessment (commission_id);

do $$
declare
    name text;
begin
    foreach name in array array['scenario', 'commission', 'question', 'application', 'assessment'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to commissioning_worker using (true) with check (true)', name);
    end loop;
    foreach name in array array['scenario', 'commission'] loop
        execute format('create policy own on %I for insert to commissioning_app with check (owner = my_party())', name);
        execute format('create policy change on %I for update to commissioning_app using (owner = my_party())', name);
    end loop;
end $$;

create policy reading on scenario for select to commissioning_app
    using (status = 'published' or owner = my_party() or takes_part(scenario_id));
create policy reading on commission for select to commissioning_app
    using (published_at is not null or owner = my_party() or takes_part(commission_id));

-- Who asked stays between the asker and the commissioner; what was answered is for everyone.
create policy reading on question for select to commissioning_app
    using (answer is not null or owner = my_party() or asked_by = my_party());
create policy asking on question for insert to commissioning_app with check (asked_by = my_party());
create policy answering on question for update to commissioning_app using (owner = my_party());

-- Sealed: before the deadline no commissioner sees that there is an application, let alone what it says (IE 5.2).
create policy own on application to commissioning_app
    using (provider_party = my_party()) with check (provider_party = my_party());
create policy opened on application for select to commissioning_app
    using ((owner = my_party() or takes_part(commission_id)) and sealed_until <= clock.now());

create policy own on assessment to commissioning_app using (owner = my_party()) with check (owner = my_party());
create policy joint on assessment for select to commissioning_app using (takes_part(commission_id));
create policy announced on assessment for select to commissioning_app
    using (provider_party = my_party() and announced_at is not null);
