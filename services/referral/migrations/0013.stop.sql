-- Before when the end of care under a journey's allocation is reported: five working days after its last day (OP272).
alter table referral add column stop_due timestamptz;
