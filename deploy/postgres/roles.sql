-- The roles and schemas of the services. Run by a superuser in the database of the platform; running it
-- again changes nothing. It holds no password: how a login role proves itself is decided where it runs.
--
-- Per service S:
--   S         the login role of its processes; may become one of the three below, inherits none of them
--   S_owner   owns the schema and everything in it; only migrations run as this role
--   S_app     carries out what people ask; row-level security decides which rows it sees
--   S_worker  consumer, relay and system callers; every table has a policy that shows it all rows

select pg_advisory_lock(hashtext('samenspel/roles'));

do $$
declare
    service text;
    role text;
begin
    foreach service in array array['council', 'commissioning', 'referral', 'monitoring', 'workflows'] loop
        if not exists (select from pg_roles where rolname = service) then
            execute format('create role %I login noinherit', service);
        end if;
        foreach role in array array[service || '_owner', service || '_app', service || '_worker'] loop
            if not exists (select from pg_roles where rolname = role) then
                execute format('create role %I nologin noinherit', role);
            end if;
            if not exists (
                select from pg_auth_members
                where roleid = role::regrole and member = service::regrole and set_option and not inherit_option
            ) then
                execute format('grant %I to %I with inherit false, set true', role, service);
            end if;
        end loop;

        execute format('create schema if not exists %I authorization %I', service, service || '_owner');
        execute format('grant usage on schema %I to %I, %I', service, service || '_app', service || '_worker');
        execute format(
            'alter default privileges for role %I in schema %I '
            'grant select, insert, update, delete on tables to %I, %I',
            service || '_owner', service, service || '_app', service || '_worker');
        execute format(
            'alter default privileges for role %I in schema %I grant usage, select on sequences to %I, %I',
            service || '_owner', service, service || '_app', service || '_worker');

        execute format('grant connect on database %I to %I', current_database(), service);
        -- Read models are rebuilt beside the old ones, in a scratch schema, and compared.
        execute format('grant create, temporary on database %I to %I', current_database(), service || '_owner');
    end loop;

    -- A login of another application on the same server has no business here.
    execute format('revoke all on database %I from public', current_database());
    revoke create on schema public from public;
end
$$;

select pg_advisory_unlock(hashtext('samenspel/roles'));
