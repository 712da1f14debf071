-- name: trajectories
-- What is known of the referrals of a batch.
select referral_id, allocation_number, municipality, provider, category, granted_on, start_due, left_on, started_on,
       paused, stopped_on, stop_reason, removed, allocated_minutes, first_day, last_day
from trajectory where referral_id = any(:referrals::uuid[]) order by referral_id, allocation_number;

-- name: put_trajectories!
-- What is known of them after the batch.
insert into trajectory (referral_id, allocation_number, municipality, provider, category, granted_on, start_due,
                        left_on, started_on, paused, stopped_on, stop_reason, outcome_due, removed,
                        allocated_minutes, first_day, last_day)
select * from unnest(:referral_ids::uuid[], :allocation_numbers::bigint[], :municipalities::text[], :providers::text[],
                     :categories::text[], :granted_ons::date[], :start_dues::timestamptz[], :left_ons::date[],
                     :started_ons::date[], :pauseds::boolean[], :stopped_ons::date[], :stop_reasons::text[],
                     :outcome_dues::boolean[], :removeds::boolean[], :allocated_minuteses::bigint[],
                     :first_days::date[], :last_days::date[])
on conflict (referral_id, allocation_number) do update set
    municipality = excluded.municipality, provider = excluded.provider, category = excluded.category,
    granted_on = excluded.granted_on, start_due = excluded.start_due, left_on = excluded.left_on,
    started_on = excluded.started_on, paused = excluded.paused, stopped_on = excluded.stopped_on,
    stop_reason = excluded.stop_reason, outcome_due = excluded.outcome_due, removed = excluded.removed,
    allocated_minutes = excluded.allocated_minutes, first_day = excluded.first_day, last_day = excluded.last_day;

-- name: counted_outcomes
-- The outcomes that were counted before for the referrals of a batch.
select referral_id, provider, municipality, ended_on, usefulness, without_help
from counted_outcome where referral_id = any(:referrals::uuid[]);

-- name: put_counted_outcomes!
-- The outcomes as they count from now on.
insert into counted_outcome (referral_id, provider, municipality, ended_on, usefulness, without_help)
select * from unnest(:referral_ids::uuid[], :providers::text[], :municipalities::text[], :ended_ons::date[],
                     :usefulnesses::integer[], :without_helps::text[])
on conflict (referral_id, provider) do update set
    municipality = excluded.municipality, ended_on = excluded.ended_on, usefulness = excluded.usefulness,
    without_help = excluded.without_help;

-- name: add_measures!
-- Add changes to the measures; sorted, so that two partitions never wait for each other in a circle.
insert into measure_month as known (municipality, month, measure, provider, value)
select * from unnest(:municipalities::text[], :months::date[], :measures::text[], :providers::text[], :values::bigint[])
on conflict (municipality, month, measure, provider) do update set value = known.value + excluded.value;

-- name: drop_zero_measures!
-- A measure that came to zero leaves no row, whatever the order in which it came there.
delete from measure_month as known
using unnest(:municipalities::text[], :months::date[], :measures::text[], :providers::text[])
    as touched (municipality, month, measure, provider)
where (known.municipality, known.month, known.measure, known.provider)
      = (touched.municipality, touched.month, touched.measure, touched.provider) and known.value = 0;

-- name: add_waiting!
-- Add changes to the histogram of waiting days.
insert into waiting_month as known (municipality, month, provider, days, starts)
select * from unnest(:municipalities::text[], :months::date[], :providers::text[], :days::integer[], :starts::bigint[])
on conflict (municipality, month, provider, days) do update set starts = known.starts + excluded.starts;

-- name: drop_zero_waiting!
-- As for measures.
delete from waiting_month as known
using unnest(:municipalities::text[], :months::date[], :providers::text[], :days::integer[])
    as touched (municipality, month, provider, days)
where (known.municipality, known.month, known.provider, known.days)
      = (touched.municipality, touched.month, touched.provider, touched.days) and known.starts = 0;

-- name: add_evidence!
-- Count events as evidence; the latest time stays.
insert into evidence_month as known (municipality, month, provider, stream, events, last_event_at)
select * from unnest(:municipalities::text[], :months::date[], :providers::text[], :streams::text[],
                     :events::bigint[], :last_event_ats::timestamptz[])
on conflict (municipality, month, provider, stream) do update set
    events = known.events + excluded.events, last_event_at = greatest(known.last_event_at, excluded.last_event_at);
