-- name: insert_commission!
-- A new draft.
insert into commission select * from jsonb_populate_record(null::commission, :row::jsonb);

-- name: update_commission!
-- A commission after an act: its words as long as it is a draft, its stage and instants afterwards.
update commission set (scenario_id, title, municipalities, products, requirements, terms, valid_from, valid_until,
                       duration_reason, stage, version, published_at, questions_due, applications_due, assessment_due,
                       standstill_until, reminded_at, withdrawn_at, withdrawal_reason) = (
    select scenario_id, title, municipalities, products, requirements, terms, valid_from, valid_until,
           duration_reason, stage, version, published_at, questions_due, applications_due, assessment_due,
           standstill_until, reminded_at, withdrawn_at, withdrawal_reason
    from jsonb_populate_record(null::commission, :row::jsonb))
where commission_id = :commission_id;

-- name: get_commission^
-- A commission, as far as the caller may see it.
select * from commission where commission_id = :commission_id;

-- name: lock_commission^
-- A commission, locked: acts on it come one after the other.
select * from commission where commission_id = :commission_id for no key update;

-- name: commissions
-- Newest first, a page at a time.
select * from commission
where (:stage::text is null or stage = :stage)
  and (:municipality::text is null or municipalities @> array[:municipality::text])
  and (:drafted_at::timestamptz is null or (drafted_at, commission_id) < (:drafted_at, :commission_id::uuid))
order by drafted_at desc, commission_id desc limit :limit;

-- name: insert_question!
-- A question, seen by the asker and the commissioner until it is answered.
insert into question (question_id, commission_id, owner, asked_by, question, asked_at)
values (:question_id, :commission_id, :owner, :asked_by, :question, :at);

-- name: answer_question!
-- The answer, for everyone.
update question set answer = :answer, answered_at = :at where question_id = :question_id;

-- name: get_question^
-- One question.
select * from question where question_id = :question_id;

-- name: questions
-- The questions of a commission, oldest first.
select * from question where commission_id = :commission_id order by asked_at, question_id;

-- name: put_application$
-- A sealed application; the applicant's later words replace it under its first identifier.
insert into application select * from jsonb_populate_record(null::application, :row::jsonb)
on conflict (commission_id, provider) do update
set products = excluded.products, answers = excluded.answers, submitted_at = excluded.submitted_at
returning application_id;

-- name: get_application^
-- One application, if the caller may open it.
select * from application where application_id = :application_id;

-- name: applications
-- The applications that the caller may open, with what was decided.
select application.*, to_jsonb(assessment) as assessment
from application left join assessment using (application_id)
where application.commission_id = :commission_id
order by application.submitted_at, application.application_id;

-- name: application_with_assessment^
-- One application with what was decided, as far as the caller may see.
select application.*, to_jsonb(assessment) as assessment
from application left join assessment using (application_id)
where application.application_id = :application_id;

-- name: put_assessment!
-- The judgement; a later one replaces it until it is announced.
insert into assessment select * from jsonb_populate_record(null::assessment, :row::jsonb)
on conflict (application_id) do update
set admitted = excluded.admitted, judgements = excluded.judgements, assessed_at = excluded.assessed_at;

-- name: get_assessment^
-- The judgement about one application.
select * from assessment where application_id = :application_id;

-- name: announce!
-- From now on the applicants may see the decisions.
update assessment set announced_at = :at where commission_id = :commission_id;
