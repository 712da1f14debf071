-- A dossier that somebody corrects says which version it is, so that nobody overwrites what a colleague recorded.
alter table client add column version integer not null default 1;

create or replace function reseal_clients(in ids uuid[], in texts bytea[], in by_bsn bytea[], in by_reference bytea[],
                                          in resealed_at timestamptz)
    returns void language plpgsql as $$
begin
    for place in 1 .. cardinality(ids) loop
        update client c
        set sealed = texts[place], bsn_index = coalesce(by_bsn[place], c.bsn_index),
            reference_index = coalesce(by_reference[place], c.reference_index), changed_at = resealed_at,
            version = c.version + 1
        where c.client_id = ids[place] and c.erased_at is null;
    end loop;
end $$;
