-- name: insert_round!
-- A new round.
insert into reporting_round (round_id, region_id, month, municipalities, providers, opened_at, remind_at, closes_at,
                             publish_at)
values (:round_id, :region_id, :month, :municipalities::text[], :providers::text[], :opened_at, :remind_at, :closes_at,
        :publish_at);

-- name: insert_round_providers!
-- Who is expected to report in it.
insert into round_provider (round_id, provider, region_id, municipalities, month)
select :round_id, expected.provider, :region_id, :municipalities::text[], :month
from unnest(:providers::text[]) as expected (provider);

-- name: lock_round^
-- One round, locked: its steps come one after the other.
select * from reporting_round where round_id = :round_id for no key update;

-- name: round_of_month^
-- The round of a region for a month.
select * from reporting_round where region_id = :region_id and month = :month;

-- name: round^
-- One round, as far as the caller may see it.
select * from reporting_round where round_id = :round_id;

-- name: rounds
-- Rounds, newest month first, a page at a time.
select * from reporting_round
where (:region_id::text is null or region_id = :region_id)
  and (:open::boolean is null or (published_at is null) = :open)
  and (:month::date is null or (month, round_id) < (:month::date, :round_id::uuid))
order by month desc, round_id desc limit :fetch;

-- name: round_providers
-- Who is expected in these rounds and who reported; a provider sees only itself.
select round_id, provider, outcomes, reported_at from round_provider
where round_id = any(:round_ids::uuid[]) order by round_id, provider;

-- name: mark_reminded!
-- Its providers were reminded.
update reporting_round set reminded_at = :at where round_id = :round_id;

-- name: close_providers
-- No provider reports in it any more; a declaration under way is waited for, and seen. Gives who did not report.
update round_provider set closed_at = :at where round_id = :round_id returning provider, reported_at;

-- name: mark_closed!
-- It closed.
update reporting_round set closed_at = :at where round_id = :round_id;

-- name: mark_published!
-- Its figures were released.
update reporting_round set published_at = :at where round_id = :round_id;

-- name: mark_reported^
-- A provider has reported all it had; no row when the round closed at the same moment.
update round_provider set reported_at = :at, outcomes = :outcomes
where round_id = :round_id and provider = :provider and closed_at is null
returning provider;

-- name: count_outcomes$
-- How many outcomes a provider reported about the month of a round.
select count(*) from outcome
where provider = :provider and municipality = any(:municipalities::text[]) and ended_on between :first and :last;

-- name: insert_deadlines!
-- What must happen before when.
insert into deadline (subject, kind, due, party, rule, workflow)
select * from unnest(:subjects::text[], :kinds::text[], :dues::timestamptz[], :parties::text[], :rules::text[],
                     :workflows::text[]);

-- name: lock_plan^
-- The planned round of a region, locked.
select subject, due from deadline
where kind = :kind and workflow = :workflow and done_at is null order by due for no key update limit 1;

-- name: finish_deadlines!
-- They were kept, or are over.
update deadline set done_at = :at where subject = any(:subjects::text[]) and kind = any(:kinds::text[]) and done_at is null;

-- name: deadlines
-- What is still due before an instant, earliest first.
select subject, kind, due, party, rule, workflow from deadline
where done_at is null and (:before::timestamptz is null or due <= :before)
order by due, subject, kind limit :limit;
