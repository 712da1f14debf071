-- iWmo/iJw messages: what came in and what was written. The text itself is sealed: it holds personal data.

create table message (
    message_id uuid primary key,
    direction text not null check (direction in ('received', 'written')),
    kind text,
    sender text not null,
    receiver text,
    identification text,
    dated date,
    -- Keyed hash of the text: tells whether the same message came twice.
    content_mark bytea not null,
    accepted boolean,
    level text,
    return_codes text[] not null,
    findings jsonb,
    answers uuid references message,
    referral_ids uuid[] not null,
    at timestamptz not null
);
-- The standard wants an identification to be unique per kind of message and sender (TR056). What was refused before
-- it was read counts as not sent, and what was refused for its identification does not claim it.
create unique index message_once on message (sender, kind, identification)
    where direction = 'received' and identification is not null
      and coalesce(level, '') not in ('technical', '1') and not return_codes @> array['9056'];
create unique index message_text_once on message (sender, content_mark) where direction = 'received';
create index message_of_sender on message (sender, at desc, message_id desc);
create index message_of_receiver on message (receiver, at desc, message_id desc);
create index message_answers on message (answers);

create table message_original (
    message_id uuid primary key references message,
    -- Sealed with the key of this client; without a client with a key of its own.
    client_id uuid references client,
    key_id text,
    wrapped_key bytea,
    sealed bytea not null,
    check ((client_id is null) = (wrapped_key is not null))
);

create table message_counter (
    sender text primary key,
    last bigint not null
);

do $$
declare
    name text;
begin
    foreach name in array array['message', 'message_original', 'message_counter'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy party on message for select to referral_app using (sender = my_party() or receiver = my_party());
create policy new on message for insert to referral_app with check (sender = my_party() or receiver = my_party());
create policy party on message_original for select to referral_app
    using (exists (select from message where message.message_id = message_original.message_id));
create policy new on message_original for insert to referral_app
    with check (exists (select from message where message.message_id = message_original.message_id));
-- The answers to a message carry their own number, also when the other side's act makes us write them.
create policy number on message_counter to referral_app using (true) with check (true);
