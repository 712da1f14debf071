-- What the conductor remembers beyond Temporal's retention: which workflows were ever started, and facts that came
-- before the event that opens their workflow (order holds only within one key of one source).

create table workflow_started (
    workflow_id text primary key,
    opened_by text not null,
    started_at timestamptz not null
);

create table early_fact (
    workflow_id text not null,
    source text not null,
    subject text not null,
    sequence bigint not null,
    fact jsonb not null,
    primary key (workflow_id, source, subject, sequence)
);
