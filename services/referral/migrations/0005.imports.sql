-- Files with trajectories from before joining: what was imported from which file, once per row.

create table import_file (
    import_id uuid primary key,
    party text not null,
    content_mark bytea not null,
    rows integer not null,
    imported integer not null,
    already_known integer not null,
    imported_at timestamptz not null,
    unique (party, content_mark)
);

create table imported_row (
    municipality text not null,
    allocation_number bigint not null,
    -- Keyed hash of the whole row: the same row again is fine, another one under the same number is not.
    row_mark bytea not null,
    import_id uuid not null references import_file,
    line integer not null,
    referral_id uuid not null references referral,
    primary key (municipality, allocation_number)
);
create index imported_row_of_file on imported_row (import_id, line);

do $$
declare
    name text;
begin
    foreach name in array array['import_file', 'imported_row'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy system on %I to referral_worker using (true) with check (true)', name);
    end loop;
end $$;

create policy own on import_file to referral_app using (party = my_party());
create policy own on imported_row to referral_app using (municipality = my_municipality());
