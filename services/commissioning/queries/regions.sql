-- name: put_region!
-- A region by its latest name.
insert into region (region_id, name, formed_at) values (:region_id, :name, :at)
on conflict (region_id) do update set name = excluded.name;

-- name: leave_region!
-- Municipalities that are no longer a member.
delete from region_municipality where region_id = :region_id and code <> all(:codes::text[]);

-- name: join_region!
-- The members with their latest name and number of inhabitants.
insert into region_municipality (region_id, code, name, inhabitants)
select :region_id, member.* from unnest(:codes::text[], :names::text[], :inhabitants::int[])
    as member (code, name, inhabitants)
on conflict (region_id, code) do update set name = excluded.name, inhabitants = excluded.inhabitants;

-- name: regions
-- Regions with their members; one of them when asked.
select region.region_id, region.name, region.formed_at,
       coalesce(jsonb_agg(jsonb_build_object('code', member.code, 'name', member.name,
                                             'inhabitants', member.inhabitants) order by member.code)
                filter (where member.code is not null), '[]') as municipalities
from region left join region_municipality member using (region_id)
where :region_id::text is null or region.region_id = :region_id
group by region.region_id order by region.region_id;

-- name: partners
-- The municipalities of every region that a municipality belongs to, or of one region.
select distinct partner.code from region_municipality partner
where partner.region_id = :region_id
   or partner.region_id in (select region_id from region_municipality where code = :code);

-- name: put_provider^
-- A provider by its latest name; no row when nothing changed.
insert into provider (agb, name, fictional, registered_at) values (:agb, :name, :fictional, :at)
on conflict (agb) do update set name = excluded.name, fictional = excluded.fictional
where (provider.name, provider.fictional) <> (excluded.name, excluded.fictional)
returning agb;

-- name: add_providers
-- Providers that were not known yet; gives those.
insert into provider (agb, name, fictional, registered_at)
select new.agb, new.name, false, :at from unnest(:agbs::text[], :names::text[]) as new (agb, name)
where not exists (select from provider where provider.agb = new.agb)
order by new.agb
returning agb, name;

-- name: providers
-- Providers in order of code, a page at a time.
select agb, name, fictional, registered_at from provider
where (:after::text is null or agb > :after) and (:agb::text is null or agb = :agb)
order by agb limit :limit;

-- name: put_capacity!
-- The latest statement replaces the earlier one.
insert into capacity (provider, provider_party, product_code, places, free, wait_days, stated_at)
values (:provider, :provider_party, :product_code, :places, :free, :wait_days, :at)
on conflict (provider, product_code) do update
set places = excluded.places, free = excluded.free, wait_days = excluded.wait_days, stated_at = excluded.stated_at;

-- name: capacities
-- What providers said about room and wait, freest first.
select provider, product_code, places, free, wait_days, stated_at from capacity
where (:provider::text is null or provider = :provider)
  and (:product_code::text is null or product_code = :product_code)
order by wait_days, free desc, provider, product_code;

-- name: set_deadlines!
-- Promises with their term.
insert into deadline (subject, kind, due, party, rule, workflow)
select subject, kind, due, party, rule, workflow from jsonb_populate_recordset(null::deadline, :rows::jsonb);

-- name: keep_deadline!
-- The promise was kept, or nothing is left to wait for.
update deadline set done_at = :at where subject = :subject and kind = any(:kinds::text[]) and done_at is null;

-- name: drop_deadlines!
-- Everything still open about a subject ends with it.
update deadline set done_at = :at where subject = any(:subjects::text[]) and done_at is null;

-- name: open_deadlines
-- Promises that are still open, earliest first; those of one party, or all for Samenspel itself.
select subject, kind, due, party, rule, workflow from deadline
where done_at is null and (:before::timestamptz is null or due <= :before)
  and (:party::text is null or party = :party)
order by due, subject, kind limit :limit;
