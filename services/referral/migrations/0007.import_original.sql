-- The imported file itself, sealed with a key of its own. It holds many people: as soon as one of them is erased, it goes.

create table import_original (
    import_id uuid primary key references import_file,
    party text not null,
    -- Everybody in the file, those included who were known before it came.
    clients uuid[] not null,
    key_id text not null,
    wrapped_key bytea not null,
    sealed bytea not null
);
create index import_original_clients on import_original using gin (clients);

alter table import_original enable row level security;
alter table import_original force row level security;
create policy system on import_original to referral_worker using (true) with check (true);
create policy own on import_original to referral_app using (party = my_party());

-- Who erases a client need not be who imported the file.
create policy eraser on import_original to referral_owner using (true);
create function forget_files_with(erased uuid[]) returns void
    language sql security definer set search_path from current
    as $$ delete from import_original where clients && erased $$;
