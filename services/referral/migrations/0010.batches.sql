-- Many messages in one upload: each is received once, by itself; this is who sent them, how far it is, what became of each.

create table message_batch (
    batch_id uuid primary key,
    party text not null,
    items integer not null,
    bytes bigint not null,
    -- What is kept of the batch itself is sealed with this key: names of files may tell who a message is about.
    key_id text not null,
    wrapped_key bytea not null,
    submitted_at timestamptz not null,
    finished_at timestamptz
);
create index message_batch_of_party on message_batch (party, submitted_at desc, batch_id desc);

create table message_batch_item (
    batch_id uuid not null references message_batch,
    number integer not null,
    party text not null,
    name_sealed bytea not null,
    bytes bigint not null,
    -- What became of it: a message, or, when it is none or may not be sent by this party, why not.
    message_id uuid references message,
    refusal_nl text,
    refusal_en text,
    settled_at timestamptz,
    primary key (batch_id, number),
    check ((refusal_nl is null) = (refusal_en is null)),
    check (settled_at is null or (message_id is null) <> (refusal_nl is null))
);
create index message_batch_item_waiting on message_batch_item (batch_id, number) where settled_at is null;
create index message_batch_item_message on message_batch_item (message_id) where message_id is not null;

-- The files as they came, until each is a message, which then keeps its own original; what never becomes one stays here.
create table message_batch_original (
    batch_id uuid not null,
    number integer not null,
    party text not null,
    sealed bytea not null,
    primary key (batch_id, number),
    foreign key (batch_id, number) references message_batch_item
);

do $$
declare
    name text;
begin
    foreach name in array array['message_batch', 'message_batch_item', 'message_batch_original'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
        execute format('create policy own on %I to referral_app using (party = my_party())', name);
    end loop;
end $$;
