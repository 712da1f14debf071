-- The last answer to a request (319) that was given while no message about the client might be sent, and when: told by
-- message once messages may go again (iStandaarden OP003), unless something else became of the request meanwhile.
alter table chain_request add column untold jsonb, add column untold_at timestamptz;
