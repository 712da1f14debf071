-- name: named_by_number
-- Trajectories by municipality and allocation number, as far as the caller may see them, with what was reported.
select trajectory.referral_id, trajectory.provider, trajectory.municipality, trajectory.allocation_number,
       trajectory.stopped_on, trajectory.outcome_due, outcome.usefulness, outcome.without_help
from unnest(:municipalities::text[], :numbers::bigint[]) as wanted (municipality, number)
join trajectory on trajectory.municipality = wanted.municipality and trajectory.allocation_number = wanted.number
left join outcome on outcome.referral_id = trajectory.referral_id and outcome.provider = trajectory.provider;

-- name: named_by_referral
-- The latest allocation of each referral that the caller may see, one whose outcome is due first.
select distinct on (trajectory.referral_id)
       trajectory.referral_id, trajectory.provider, trajectory.municipality, trajectory.allocation_number,
       trajectory.stopped_on, trajectory.outcome_due, outcome.usefulness, outcome.without_help
from trajectory
left join outcome on outcome.referral_id = trajectory.referral_id and outcome.provider = trajectory.provider
where trajectory.referral_id = any(:referrals::uuid[])
order by trajectory.referral_id, trajectory.outcome_due desc, trajectory.allocation_number desc;

-- name: put_outcomes!
-- What came of trajectories; a later report replaces an earlier one.
insert into outcome (referral_id, provider, municipality, ended_on, usefulness, without_help, reported_at)
select * from unnest(:referral_ids::uuid[], :providers::text[], :municipalities::text[], :ended_ons::date[],
                     :usefulnesses::integer[], :without_helps::text[], :reported_ats::timestamptz[])
on conflict (referral_id, provider) do update set
    municipality = excluded.municipality, ended_on = excluded.ended_on, usefulness = excluded.usefulness,
    without_help = excluded.without_help, reported_at = excluded.reported_at;

-- name: open_outcomes
-- Care that ended and whose outcome was not reported yet, longest ago first, a page at a time.
select trajectory.referral_id, trajectory.allocation_number, trajectory.municipality, trajectory.provider,
       trajectory.category, trajectory.stopped_on
from trajectory
where trajectory.outcome_due and (:provider::text is null or trajectory.provider = :provider)
  and (:municipality::text is null or trajectory.municipality = :municipality)
  and trajectory.stopped_on between :first and :last
  and (:stopped_on::date is null or (trajectory.stopped_on, trajectory.referral_id) > (:stopped_on::date, :referral_id::uuid))
  and not exists (select from outcome
                  where outcome.referral_id = trajectory.referral_id and outcome.provider = trajectory.provider)
order by trajectory.stopped_on, trajectory.referral_id limit :fetch;

-- name: count_open_outcomes$
-- How many there are.
select count(*) from trajectory
where trajectory.outcome_due and (:provider::text is null or trajectory.provider = :provider)
  and (:municipality::text is null or trajectory.municipality = :municipality)
  and trajectory.stopped_on between :first and :last
  and not exists (select from outcome
                  where outcome.referral_id = trajectory.referral_id and outcome.provider = trajectory.provider);

-- name: outcomes
-- Reported outcomes, latest end first, a page at a time.
select referral_id, provider, municipality, ended_on, usefulness, without_help, reported_at from outcome
where (:provider::text is null or provider = :provider)
  and (:municipality::text is null or municipality = :municipality)
  and (:ended_on::date is null or (ended_on, referral_id) < (:ended_on::date, :referral_id::uuid))
order by ended_on desc, referral_id desc limit :fetch;
