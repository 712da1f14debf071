-- name: get_commitments
-- What these journeys committed before this batch.
select * from commitment where referral_id = any(:referral_ids::uuid[]);

-- name: commitments_of
-- What may be priced by these agreements: everything of these providers in these products.
select * from commitment where provider = any(:providers::text[]) order by referral_id;

-- name: put_commitments!
-- What journeys commit now, and what each adds to which agreement.
insert into commitment select * from jsonb_populate_recordset(null::commitment, :rows::jsonb)
on conflict (referral_id) do update set
    municipality = excluded.municipality, provider = excluded.provider, product_code = excluded.product_code,
    unit = excluded.unit, total_units = excluded.total_units, starts_on = excluded.starts_on,
    ends_on = excluded.ends_on, start_due = excluded.start_due, started_on = excluded.started_on,
    stopped_on = excluded.stopped_on, dropout = excluded.dropout, released = excluded.released,
    agreement_id = excluded.agreement_id, month = excluded.month, committed_cents = excluded.committed_cents,
    waiting = excluded.waiting, started = excluded.started, within_norm = excluded.within_norm,
    ended = excluded.ended, dropouts = excluded.dropouts;

-- name: get_prices
-- The tariff lines of these providers.
select agreement_id, provider, municipalities, product_code, unit, municipality, tariff_cents, valid_from, valid_until,
       agreed_from, agreed_until
from price where provider = any(:providers::text[]);

-- name: drop_prices!
-- Terms that were replaced.
delete from price where agreement_id = any(:agreement_ids::uuid[]);

-- name: put_prices!
-- The tariff lines of agreements.
insert into price select * from jsonb_populate_recordset(null::price, :rows::jsonb);

-- name: put_ceilings!
-- The ceiling of agreements per calendar year.
insert into agreed_ceiling select * from jsonb_populate_recordset(null::agreed_ceiling, :rows::jsonb)
on conflict (agreement_id) do update
set provider = excluded.provider, municipalities = excluded.municipalities, ceiling_cents = excluded.ceiling_cents;

-- name: add_to_months!
-- More or less committed; months in a fixed order, so that two batches never wait for each other in a circle.
insert into committed_month (agreement_id, month, committed_cents)
select * from unnest(:agreement_ids::uuid[], :months::date[], :cents::bigint[]) as delta (agreement_id, month, cents)
order by 1, 2
on conflict (agreement_id, month) do update
set committed_cents = committed_month.committed_cents + excluded.committed_cents;

-- name: drop_empty_months!
-- Nothing committed is no row, in whichever order it came to nothing.
delete from committed_month where agreement_id = any(:agreement_ids::uuid[]) and committed_cents = 0;

-- name: add_to_years!
-- The same per year; the row lock makes one of two batches see the total of both.
insert into committed_year (agreement_id, year, committed_cents)
select * from unnest(:agreement_ids::uuid[], :years::int[], :cents::bigint[]) as delta (agreement_id, year, cents)
order by 1, 2
on conflict (agreement_id, year) do update
set committed_cents = committed_year.committed_cents + excluded.committed_cents;

-- name: drop_empty_years!
-- Nothing committed is no row.
delete from committed_year where agreement_id = any(:agreement_ids::uuid[]) and committed_cents = 0;

-- name: add_to_progress!
-- More or fewer waiting, started, ended.
insert into agreement_progress (agreement_id, waiting, started, within_norm, ended, dropouts)
select * from unnest(:agreement_ids::uuid[], :waiting::int[], :started::int[], :within_norm::int[], :ended::int[],
                     :dropouts::int[]) as delta (agreement_id, waiting, started, within_norm, ended, dropouts)
order by 1
on conflict (agreement_id) do update set
    waiting = agreement_progress.waiting + excluded.waiting,
    started = agreement_progress.started + excluded.started,
    within_norm = agreement_progress.within_norm + excluded.within_norm,
    ended = agreement_progress.ended + excluded.ended,
    dropouts = agreement_progress.dropouts + excluded.dropouts;

-- name: drop_empty_progress!
-- Nobody waiting, started or ended is no row.
delete from agreement_progress where agreement_id = any(:agreement_ids::uuid[])
  and (waiting, started, within_norm, ended, dropouts) = (0, 0, 0, 0, 0);

-- name: heard!
-- The last event about a provider in a municipality.
insert into heard_from (provider, municipality, last_event_at)
select * from unnest(:providers::text[], :municipalities::text[], :times::timestamptz[]) order by 1, 2
on conflict (provider, municipality) do update
set last_event_at = greatest(heard_from.last_event_at, excluded.last_event_at);

-- name: hold_prices$
-- Agreements change alone: while prices change, no journey is priced, and the other way round.
select case when :exclusive then pg_advisory_xact_lock(7309_2026) else pg_advisory_xact_lock_shared(7309_2026) end;

-- name: ceilings
-- The ceilings that a warning may be about, with what is committed per year and up to a month.
select ceiling.agreement_id, ceiling.provider, ceiling.municipalities, ceiling.ceiling_cents, year.year,
       year.committed_cents, agreement.owner,
       coalesce((select sum(month.committed_cents) from committed_month month
                 where month.agreement_id = ceiling.agreement_id
                   and month.month >= make_date(year.year, 1, 1)
                   and month.month <= least(:today::date, make_date(year.year, 12, 31))), 0)::bigint as to_date_cents
from agreed_ceiling ceiling
join committed_year year using (agreement_id)
left join agreement using (agreement_id)
where ceiling.agreement_id = any(:agreement_ids::uuid[]) and ceiling.ceiling_cents is not null;

-- name: warn^
-- Once per agreement and year; no row when the warning was given before, or in a rebuild, which warns nobody.
insert into spending_warning (agreement_id, year, owner, provider_party, committed_cents, ceiling_cents,
                              forecast_cents, warned_at, talk_due, decision_due)
select :agreement_id, :year, :owner, :provider_party, :committed_cents, :ceiling_cents, :forecast_cents, :warned_at,
       :talk_due, :decision_due
where current_schema() = 'commissioning'
on conflict do nothing returning agreement_id;

-- name: warnings
-- Warnings given, latest first.
select * from spending_warning
where (:agreement_id::uuid is null or agreement_id = :agreement_id) and (:year::int is null or year = :year)
order by warned_at desc, agreement_id;

-- name: lock_warning^
-- One warning, locked.
select * from spending_warning where agreement_id = :agreement_id and year = :year for no key update;

-- name: record_talk!
-- The talk was held.
update spending_warning set talked_on = :held_on, talk_note = :note where agreement_id = :agreement_id and year = :year;

-- name: record_decision!
-- The decision was taken.
update spending_warning set decided_on = :decided_on, decision = :decision, decision_note = :note
where agreement_id = :agreement_id and year = :year;

-- name: spending_rooms
-- Every concluded agreement that holds in a year with what is committed, how it goes and what is due next.
select agreement.agreement_id, agreement.reference, agreement.provider, provider.name as provider_name,
       agreement.owner, agreement.municipalities, agreement.ceiling_cents, agreement.valid_from, agreement.valid_until,
       coalesce(year.committed_cents, 0) as committed_cents, declared.spent_cents,
       to_char(declared.through, 'YYYY-MM') as spent_through,
       coalesce(progress.waiting, 0) as waiting, coalesce(progress.started, 0) as started,
       coalesce(progress.within_norm, 0) as within_norm, coalesce(progress.ended, 0) as ended,
       coalesce(progress.dropouts, 0) as dropouts,
       (select max(heard.last_event_at) from heard_from heard
        where heard.provider = agreement.provider and heard.municipality = any(agreement.municipalities))
           as last_event_at,
       coalesce((select jsonb_agg(jsonb_build_object('month', to_char(month.month, 'YYYY-MM'),
                                                     'committedCents', month.committed_cents) order by month.month)
                 from committed_month month
                 where month.agreement_id = agreement.agreement_id
                   and extract(year from month.month) = :year::int), '[]') as months,
       (select jsonb_build_object('kind', deadline.kind, 'due', deadline.due, 'rule', deadline.rule)
        from deadline
        where deadline.done_at is null
          and (deadline.subject = 'agreement/' || agreement.agreement_id
               or (deadline.subject > 'agreement/' || agreement.agreement_id || '/'
                   and deadline.subject < 'agreement/' || agreement.agreement_id || '0'))
        order by deadline.due limit 1) as next_deadline,
       warning.warned_at
from agreement
left join provider on provider.agb = agreement.provider
left join committed_year year on year.agreement_id = agreement.agreement_id and year.year = :year::int
left join lateral (select sum(spent.cents)::bigint as spent_cents, max(spent.month) as through from spent
                   where spent.agreement_id = agreement.agreement_id
                     and spent.month between make_date(:year::int, 1, 1) and make_date(:year::int, 12, 31)
                  ) as declared on true
left join agreement_progress progress on progress.agreement_id = agreement.agreement_id
left join spending_warning warning on warning.agreement_id = agreement.agreement_id and warning.year = :year::int
where agreement.status = 'concluded'
  and (:agreement_id::uuid is null or agreement.agreement_id = :agreement_id)
  and (:municipality::text is null or agreement.municipalities @> array[:municipality::text])
  and agreement.valid_from <= make_date(:year::int, 12, 31)
  and (agreement.valid_until is null or agreement.valid_until >= make_date(:year::int, 1, 1))
order by agreement.agreement_id;

-- name: put_frames!
-- Frames as the councils adopted them.
insert into frame select * from jsonb_populate_recordset(null::frame, :rows::jsonb)
on conflict (frame_id) do update
set municipality = excluded.municipality, title = excluded.title, first_year = excluded.first_year,
    last_year = excluded.last_year, goals = excluded.goals, adopted_at = excluded.adopted_at;
