-- name: find_file^
-- The same file from the same party before.
select import_id, rows, imported, already_known, imported_at from import_file
where party = :party and content_mark = :content_mark;

-- name: known_rows
-- Which of these allocation numbers exist already, and whether an import made them.
select allocation.municipality, allocation.number, imported_row.row_mark
from unnest(:municipalities::text[], :numbers::bigint[]) as wanted (municipality, number)
join allocation using (municipality, number)
left join imported_row on imported_row.municipality = allocation.municipality
                      and imported_row.allocation_number = allocation.number;

-- name: insert_file!
-- One imported file.
insert into import_file (import_id, party, content_mark, rows, imported, already_known, imported_at)
values (:import_id, :party, :content_mark, :rows, :imported, :already_known, :at);

-- name: insert_rows!
-- What each row of a file became.
insert into imported_row (municipality, allocation_number, row_mark, import_id, line, referral_id)
select municipality, number, row_mark, :import_id, line, referral_id
from unnest(:municipalities::text[], :numbers::bigint[], :row_marks::bytea[], :lines::int[], :referral_ids::uuid[])
    as each (municipality, number, row_mark, line, referral_id);

-- name: list_files
-- Imported files of the caller, latest first.
select import_id, rows, imported, already_known, imported_at from import_file
where (:at::timestamptz is null or (imported_at, import_id) < (:at, :import_id::uuid))
order by imported_at desc, import_id desc limit :limit;

-- name: get_file^
-- One imported file.
select import_id, rows, imported, already_known, imported_at from import_file where import_id = :import_id;

-- name: list_rows
-- What the rows of a file became, in the order of the file.
select line, municipality, allocation_number, referral_id from imported_row
where import_id = :import_id and line > :line::int
order by line limit :limit;

-- name: insert_file_content!
-- The file itself, sealed, with everybody whose allocation is in it.
insert into import_original (import_id, party, clients, key_id, wrapped_key, sealed)
select :import_id, :party, coalesce(array_agg(distinct referral.client_id), '{}'), :key_id, :wrapped_key, :sealed
from unnest(:municipalities::text[], :numbers::bigint[]) as row_of_file (municipality, number)
join allocation using (municipality, number)
join referral using (referral_id);

-- name: get_file_content^
-- The file itself, if nobody in it was erased.
select key_id, wrapped_key, sealed from import_original where import_id = :import_id;

-- name: people_in_file
-- Everybody in a file, by their name for purpose dossier.
select find_pseudonym(client_id, 'dossier') as dossier
from import_original, unnest(clients) as client_id
where import_id = :import_id;

-- name: near_ends
-- Imported care under way whose end comes near and is not promised yet, locked, the nearest first.
select referral.* from imported_row join referral using (referral_id)
where import_id = :import_id and status in ('started', 'paused') and stop_due is null and ends_on <= :until
order by ends_on, referral_id limit :limit for no key update of referral;

-- name: next_end$
-- The first end of care in a file that is not promised yet.
select min(ends_on) from imported_row join referral using (referral_id)
where import_id = :import_id and status in ('started', 'paused') and stop_due is null;
