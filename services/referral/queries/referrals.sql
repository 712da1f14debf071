-- name: get_referral^
-- One journey, as far as the caller may see it, with the caller's own number for the client.
select referral.*, own_number, known_provider.name as provider_name from referral
left join known_provider using (provider)
left join provider_client on provider_client.client_id = referral.client_id
                         and provider_client.provider = my_provider()
where referral_id = :referral_id;

-- name: lock_referral^
-- One journey, locked: two acts on the same journey come one after the other.
select * from referral where referral_id = :referral_id for no key update;

-- name: insert_referrals!
-- Many journeys at once; one is a list of one.
insert into referral select * from jsonb_populate_recordset(null::referral, :rows::jsonb);

-- name: count_tasks
-- How many journeys stand on the caller's worklist, per task.
select provider_task as task, count(*) as number from referral
where provider = my_provider() and provider_task is not null group by provider_task
union all
select municipality_task, count(*) from referral
where municipality = my_municipality() and municipality_task is not null group by municipality_task;

-- name: change_deadlines!
-- Promises that nobody waits for any more, and promises made or made anew.
select change_deadlines(:subjects, :kinds, :rows::jsonb, :at);

-- name: open_deadlines
-- What is due before an instant, earliest first.
select subject, kind, due, party, rule, workflow from deadline
where done_at is null and (:before::timestamptz is null or due <= :before)
order by due, subject, kind limit :limit;

-- name: open_deadlines_of
-- What one organisation promised and is due before an instant, earliest first.
select subject, kind, due, party, rule, workflow from deadline
where party = :party and done_at is null and (:before::timestamptz is null or due <= :before)
order by due, subject, kind limit :limit;
