-- Before when the start of care under a journey's allocation is reported: five working days after its first day, or after
-- the allocation when that came later (OP271). And which spell of care it is: care can begin anew after it ended (OP379).
alter table referral add column report_due timestamptz, add column spell integer not null default 1;
