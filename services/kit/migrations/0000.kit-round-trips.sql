-- depends: 0000.kit
-- Closing a unit of work and opening a delivery in one round trip each: what is a handful of short statements costs
-- more on the way than in the database, and the head of a partition is held the shorter.

-- The answer to a command first: whoever gives the same command at the same moment waits here, holding no head.
-- Then the events, partition by partition in ascending order, so that no two units wait for each other in a circle.
create function close_unit(in partitions int[], in keys text[], in types text[], in datas text[], in audiences text[],
                           in logged_at timestamptz, in traceparent text,
                           in asking_party text, in command_key text, in command_fingerprint text, in given text)
    returns void language plpgsql as $$
declare
    this int;
begin
    if command_key is not null then
        insert into command_log (party, key, fingerprint, answer, answered_at)
        values (asking_party, command_key, command_fingerprint, given::jsonb, logged_at);
    end if;
    for this in select distinct p from unnest(partitions) as p order by p loop
        with event as (
            select e.key, e.type, e.data, e.audience, row_number() over (order by e.ordinal) as number,
                   count(*) over () as total
            from unnest(partitions, keys, types, datas, audiences)
                 with ordinality as e (partition, key, type, data, audience, ordinal)
            where e.partition = this
        ),
        head as (
            update log_head set last = last + (select count(*) from event) where partition = this returning last
        )
        insert into event_log (partition, sequence, key, type, data, audience, time, trace)
        select this, head.last - event.total + event.number, event.key, event.type, event.data::jsonb,
               string_to_array(event.audience, ' '), logged_at, traceparent
        from head, event;
    end loop;
end $$;

drop function append_events;

-- Locks the position of a consumer group in a partition, making it when there is none, and tells which keys have a
-- parked event. Each statement here sees what was committed while the one before it waited.
-- The commit need not wait for the disk: what a crash takes back, it takes back with the position, so that it is
-- applied again; and nothing that is on disk can depend on what is not, as the write-ahead log is one.
create function open_delivery(in asking_party text, in of_group text, in of_source text, in of_partition int,
                              out business_now timestamptz, out reached bigint, out parked text[])
    language plpgsql as $$
begin
    perform set_config('samenspel.party', asking_party, true);
    set local synchronous_commit = off;
    business_now := clock.now();
    loop
        select last into reached from consumer_position
        where group_name = of_group and source = of_source and partition = of_partition for update;
        exit when found;
        insert into consumer_position (group_name, source, partition) values (of_group, of_source, of_partition)
        on conflict do nothing;
    end loop;
    select coalesce(array_agg(distinct key), '{}') into parked from dead_letter
    where group_name = of_group and source = of_source and partition = of_partition and resolved_at is null;
end $$;
