-- name: insert_scenario!
-- A new draft.
insert into scenario select * from jsonb_populate_record(null::scenario, :row::jsonb);

-- name: update_scenario!
-- A draft with other words, or published.
update scenario set (title, story, municipalities, frames, outcomes, status, version, published_at) = (
    select title, story, municipalities, frames, outcomes, status, version, published_at
    from jsonb_populate_record(null::scenario, :row::jsonb))
where scenario_id = :scenario_id;

-- name: get_scenario^
-- A scenario, as far as the caller may see it.
select * from scenario where scenario_id = :scenario_id;

-- name: lock_scenario^
-- A scenario, locked: two edits come one after the other, and the second sees the version of the first.
select * from scenario where scenario_id = :scenario_id for no key update;

-- name: scenarios
-- Newest first, a page at a time.
select * from scenario
where (:municipality::text is null or municipalities @> array[:municipality::text])
  and (:drafted_at::timestamptz is null or (drafted_at, scenario_id) < (:drafted_at, :scenario_id::uuid))
order by drafted_at desc, scenario_id desc limit :limit;

-- name: frames
-- Frames adopted by the councils of these municipalities, newest first.
select frame_id, municipality, title, first_year, last_year, goals, adopted_at from frame
where :municipalities::text[] is null or municipality = any(:municipalities)
order by adopted_at desc, frame_id;

-- name: leave!
-- Nobody takes part in this subject any more, until they join again.
delete from participant where subject = :subject;

-- name: join!
-- Who takes part, besides the owner.
insert into participant (subject, party, owner)
select :subject, party, :owner from unnest(:parties::text[]) as party where party <> :owner
on conflict do nothing;
