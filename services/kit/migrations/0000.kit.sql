-- What every service keeps besides its own tables: the event log, the relay's cursor, the consumers'
-- positions, parked events and the answers to commands. Runs as the owner of the schema, before the service's own.

-- The head of each partition of the log. Its row lock, held to the end of the transaction, makes sequence
-- order commit order, without a gap even after a rollback.
create table log_head (
    partition int primary key,
    last bigint not null default 0
);

create table event_log (
    partition int not null,
    sequence bigint not null,
    key text not null,
    type text not null,
    data jsonb not null,
    audience text[] not null,
    time timestamptz not null,
    trace text,
    primary key (partition, sequence)
);
comment on table event_log is 'Append-only: the archive from which anything is rebuilt';

create table relay_cursor (
    partition int primary key,
    sequence bigint not null default 0,
    topic_id text,
    partitions int
);

create table consumer_position (
    group_name text not null,
    source text not null,
    partition int not null,
    last bigint not null default 0,
    kafka_offset bigint,
    topic_id text,
    primary key (group_name, source, partition)
);

create table dead_letter (
    id bigint generated always as identity primary key,
    group_name text not null,
    source text not null,
    partition int not null,
    sequence bigint not null,
    key text not null,
    type text not null,
    data jsonb not null,
    time timestamptz not null,
    trace text,
    error text not null,
    parked_at timestamptz not null,
    resolution text check (resolution in ('retried', 'dropped')),
    resolved_at timestamptz,
    reason text,
    unique (group_name, source, partition, sequence)
);
create index dead_letter_open on dead_letter (group_name, source, partition, key) where resolved_at is null;

create table command_log (
    party text not null,
    key text not null,
    fingerprint text not null,
    answer jsonb,
    answered_at timestamptz not null,
    primary key (party, key)
);

-- Opens a unit of work: tells row-level security who asks, and gives the business time and, for a
-- repeated command, its first answer. One round trip instead of three.
create function begin_unit(in asking_party text, in command_key text,
                           out business_now timestamptz, out fingerprint text, out answer jsonb)
    language plpgsql as $$
begin
    perform set_config('samenspel.party', asking_party, true);
    business_now := clock.now();
    if command_key is not null then
        select c.fingerprint, c.answer into begin_unit.fingerprint, begin_unit.answer
        from command_log c where c.party = asking_party and c.key = command_key;
    end if;
end $$;

-- Appends the events of one partition behind its head, whose row stays locked until the transaction ends.
create function append_events(in to_partition int, in keys text[], in types text[], in datas text[],
                              in audiences text[], in logged_at timestamptz, in traceparent text)
    returns void language sql as $$
    with head as (
        update log_head set last = last + cardinality(keys) where partition = to_partition returning last
    )
    insert into event_log (partition, sequence, key, type, data, audience, time, trace)
    select to_partition, head.last - cardinality(keys) + event.ordinal, event.key, event.type, event.data::jsonb,
           string_to_array(event.audience, ' '), logged_at, traceparent
    from head, unnest(keys, types, datas, audiences) with ordinality as event (key, type, data, audience, ordinal);
$$;

do $$
declare
    service text := current_schema();
    app text := current_schema() || '_app';
    worker text := current_schema() || '_worker';
    shared text;
begin
    -- The log is written once: nobody but the owner's migrations could change a row.
    execute format('revoke update, delete, truncate on event_log from %I, %I', app, worker);
    -- Plumbing that people's requests never touch.
    foreach shared in array array['relay_cursor', 'consumer_position', 'dead_letter'] loop
        execute format('revoke all on %I from %I', shared, app);
    end loop;

    foreach shared in array array['event_log', 'command_log'] loop
        execute format('alter table %I enable row level security', shared);
        execute format('alter table %I force row level security', shared);
        execute format('create policy system on %I to %I using (true) with check (true)', shared, worker);
    end loop;
    execute format('create policy audience on event_log for select to %I
                    using (audience @> array[current_setting(''samenspel.party'', true)])', app);
    execute format('create policy append on event_log for insert to %I with check (true)', app);
    execute format('create policy own on command_log to %I
                    using (party = current_setting(''samenspel.party'', true))', app);
end $$;
