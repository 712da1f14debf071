-- Frames, moments, views, questions and letters of councils; what is published may be read by everyone.

create function my_party() returns text
    language sql stable parallel safe
    return current_setting('samenspel.party', true);

-- The council and the executive of one municipality write different things about it.
create function is_my_council(municipality text) returns boolean
    language sql stable parallel safe
    return current_setting('samenspel.party', true) = 'council:' || municipality;

create function is_my_municipality(municipality text) returns boolean
    language sql stable parallel safe
    return current_setting('samenspel.party', true) = 'municipality:' || municipality;

create table frame (
    frame_id uuid primary key,
    municipality text not null,
    title text not null,
    introduction text,
    first_year integer not null,
    last_year integer not null,
    goals jsonb not null,
    status text not null,
    version integer not null,
    drafted_at timestamptz not null,
    adopted_at timestamptz
);
create index frame_of_municipality on frame (municipality, drafted_at desc);

create table moment (
    moment_id uuid primary key,
    municipality text not null,
    kind text not null,
    title text not null,
    explanation text,
    note_url text,
    opens_on date not null,
    term_days integer not null,
    rule text not null,
    due timestamptz not null,
    scheduled_at timestamptz not null,
    done_at timestamptz
);
create index moment_of_municipality on moment (municipality, due);

-- What the council gave at a moment: its view, or how it decided.
create table view (
    moment_id uuid primary key references moment,
    municipality text not null,
    text text not null,
    submitted_by text not null,
    submitted_at timestamptz not null
);

create table question (
    question_id uuid primary key,
    municipality text not null,
    subject text not null,
    body text not null,
    indicator integer,
    asked_by text not null,
    asked_at timestamptz not null,
    due timestamptz not null,
    answer text,
    answered_at timestamptz
);
create index question_of_municipality on question (municipality, asked_at desc, question_id desc);

create table letter (
    letter_id uuid primary key,
    municipality text not null,
    title text not null,
    body text not null,
    indicator integer,
    sent_at timestamptz not null
);
create index letter_of_municipality on letter (municipality, sent_at desc, letter_id desc);

-- Within how many days a question is answered, where the rules of order say so.
create table question_term (
    municipality text primary key,
    days integer not null,
    agreed_at timestamptz not null
);

create table deadline (
    subject text collate "C" not null,
    kind text not null,
    due timestamptz not null,
    party text not null,
    rule text not null,
    workflow text,
    done_at timestamptz,
    primary key (subject, kind)
);
create index deadline_open on deadline (due) where done_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['frame', 'moment', 'view', 'question', 'letter', 'question_term', 'deadline'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to council_worker using (true) with check (true)', name);
    end loop;
    -- Public as soon as it is there: the council's business is everyone's.
    foreach name in array array['moment', 'view', 'question', 'letter', 'question_term'] loop
        execute format('create policy everyone on %I for select to council_app using (true)', name);
    end loop;
    foreach name in array array['frame', 'moment', 'view', 'question', 'question_term'] loop
        execute format('create policy council on %I for insert to council_app
                        with check (is_my_council(municipality))', name);
    end loop;
    foreach name in array array['frame', 'moment', 'question_term'] loop
        execute format('create policy change on %I for update to council_app using (is_my_council(municipality))', name);
    end loop;
end $$;

create policy reading on frame for select to council_app
    using (status = 'adopted' or is_my_council(municipality) or is_my_municipality(municipality));
create policy answering on question for update to council_app using (is_my_municipality(municipality));
create policy executive on letter for insert to council_app with check (is_my_municipality(municipality));

create policy own on deadline for select to council_app using (party = my_party());
create policy keeping on deadline for update to council_app using (party = my_party());
-- A council sets itself a term by scheduling, and its executive one by asking.
create policy council on deadline for insert to council_app
    with check (my_party() like 'council:%' and split_part(party, ':', 2) = split_part(my_party(), ':', 2)
                and split_part(party, ':', 1) in ('council', 'municipality'));
