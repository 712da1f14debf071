-- name: insert_frame!
-- A new draft.
insert into frame select * from jsonb_populate_record(null::frame, :row::jsonb);

-- name: update_frame!
-- A draft with other words, or adopted.
update frame set (title, introduction, first_year, last_year, goals, status, version, adopted_at) = (
    select title, introduction, first_year, last_year, goals, status, version, adopted_at
    from jsonb_populate_record(null::frame, :row::jsonb))
where frame_id = :frame_id;

-- name: get_frame^
-- One frame, as far as the caller may see it.
select * from frame where frame_id = :frame_id;

-- name: lock_frame^
-- One frame of the caller's council, locked: edits come one after the other.
select * from frame where frame_id = :frame_id for no key update;

-- name: frames
-- The frames of a council, or of all, newest first.
select * from frame
where status = :status and (:municipality::text is null or municipality = :municipality)
order by drafted_at desc, frame_id desc;

-- name: insert_moment!
-- A moment in the calendar.
insert into moment select * from jsonb_populate_record(null::moment, :row::jsonb);

-- name: get_moment^
-- One moment.
select * from moment where moment_id = :moment_id;

-- name: lock_moment^
-- One moment of the caller's council, locked: a view is given once.
select * from moment where moment_id = :moment_id for no key update;

-- name: finish_moment!
-- The council did what the moment is for.
update moment set done_at = :at where moment_id = :moment_id;

-- name: moments
-- The moments of a council that end in a span, in order.
select * from moment
where municipality = :municipality
  and (:since::timestamptz is null or due >= :since) and (:until::date is null or opens_on < :until)
order by due, moment_id;

-- name: insert_view!
-- What the council gave at a moment.
insert into view (moment_id, municipality, text, submitted_by, submitted_at)
values (:moment_id, :municipality, :text, :person, :at);

-- name: views
-- What was given at these moments.
select moment_id, text, submitted_at from view where moment_id = any(:moment_ids::uuid[]);

-- name: insert_question!
-- A written question, public at once.
insert into question (question_id, municipality, subject, body, indicator, asked_by, asked_at, due)
values (:question_id, :municipality, :subject, :body, :indicator, :person, :at, :due);

-- name: lock_question^
-- A question to the caller's executive, locked: it is answered once.
select * from question where question_id = :question_id for no key update;

-- name: answer_question!
-- The answer.
update question set answer = :answer, answered_at = :at where question_id = :question_id;

-- name: get_question^
-- One question.
select * from question where question_id = :question_id;

-- name: questions
-- The questions of a council, newest first, a page at a time.
select * from question
where municipality = :municipality and (:indicator::int is null or indicator = :indicator)
  and (:open_only::boolean is not true or answer is null)
  and (:asked_at::timestamptz is null or (asked_at, question_id) < (:asked_at, :question_id::uuid))
order by asked_at desc, question_id desc limit :limit;

-- name: insert_letter!
-- An information letter.
insert into letter (letter_id, municipality, title, body, indicator, sent_at)
values (:letter_id, :municipality, :title, :body, :indicator, :at);

-- name: get_letter^
-- One letter.
select * from letter where letter_id = :letter_id;

-- name: letters
-- The letters to a council, newest first, a page at a time.
select * from letter
where municipality = :municipality and (:indicator::int is null or indicator = :indicator)
  and (:sent_at::timestamptz is null or (sent_at, letter_id) < (:sent_at, :letter_id::uuid))
order by sent_at desc, letter_id desc limit :limit;

-- name: agree_question_term!
-- The local term, the latest agreed.
insert into question_term (municipality, days, agreed_at) values (:municipality, :days, :at)
on conflict (municipality) do update set days = excluded.days, agreed_at = excluded.agreed_at;

-- name: question_term$
-- The local term in days, if one was agreed.
select days from question_term where municipality = :municipality;

-- name: set_deadline!
-- A promise with its term; nothing acts by itself, so no workflow.
insert into deadline (subject, kind, due, party, rule, workflow) values (:subject, :kind, :due, :party, :rule, null);

-- name: keep_deadline!
-- The promise was kept.
update deadline set done_at = :at where subject = :subject and kind = :kind and done_at is null;

-- name: open_deadlines
-- Promises that are still open, earliest first; those of one party, or all for Samenspel itself.
select subject, kind, due, party, rule, workflow from deadline
where done_at is null and (:before::timestamptz is null or due <= :before)
  and (:party::text is null or party = :party)
order by due, subject, kind limit :limit;

-- name: news
-- What is new for a council: answers, letters, views and adopted frames, latest first.
select kind, id, title, indicator, at from (
    select 'answer' as kind, question_id as id, subject as title, indicator, answered_at as at
    from question where municipality = :municipality and answered_at is not null
    union all
    select 'question', question_id, subject, indicator, asked_at
    from question where municipality = :municipality and answered_at is null
    union all
    select 'letter', letter_id, title, indicator, sent_at from letter where municipality = :municipality
    union all
    select 'view', view.moment_id, moment.title, null, submitted_at
    from view join moment using (moment_id) where view.municipality = :municipality
    union all
    select 'frame', frame_id, title, null, adopted_at
    from frame where municipality = :municipality and status = 'adopted'
) as item
order by at desc, id limit :limit;

-- name: put_figures!
-- Figures as released; a later release or correction of the same period replaces them, in whichever order they come.
insert into published_figure select * from jsonb_populate_recordset(null::published_figure, :rows::jsonb)
on conflict (area, indicator, period_kind, period_end) do update
set month = excluded.month, correction = excluded.correction, release_id = excluded.release_id,
    published_at = excluded.published_at, figure = excluded.figure
where (published_figure.month, published_figure.correction, published_figure.release_id)
    < (excluded.month, excluded.correction, excluded.release_id);

-- name: figures
-- The last releases of an area, oldest first per indicator.
select indicator, period_kind, period_end, month, correction, published_at, figure from (
    select published_figure.*,
           row_number() over (partition by indicator, period_kind order by period_end desc) as place
    from published_figure
    where area = :area and (:indicators::int[] is null or indicator = any(:indicators))
) as recent
where place <= :points
order by indicator, period_kind, period_end;
