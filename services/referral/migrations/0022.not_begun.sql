-- What the provider told of care that did not begin yet: when it expects that, and why; and how often a reported start was
-- taken back, after each of which its report is watched anew (iStandaarden OP271).
alter table referral add column expected_on date, add column not_begun text, add column watch integer not null default 1;
