-- Lists that read all rows of a party to show fifty, each found by an index now. Indexes begin with the side that asks.

-- Requests that are decided on as a whole: those that await a decision first due first (without a term, as old as they
-- are), all of them latest first.
create index chain_request_due_of_municipality on chain_request
    (municipality, (coalesce(decision_due, received_at)), request_id)
    where request_id is not null and granted_at is null and not 'rejected' = any(answers);
create index chain_request_due_of_provider on chain_request
    (provider, (coalesce(decision_due, received_at)), request_id)
    where request_id is not null and granted_at is null and not 'rejected' = any(answers);
create index chain_request_list_of_municipality on chain_request (municipality, received_at desc, request_id desc)
    where request_id is not null;
create index chain_request_list_of_provider on chain_request (provider, received_at desc, request_id desc)
    where request_id is not null;

-- Care in progress at a provider: the latest request first, and the first last day first.
create index referral_in_care on referral (provider, requested_at desc, referral_id desc)
    where status in ('started', 'paused');
create index referral_in_care_by_end on referral (provider, (coalesce(ends_on, '9999-12-31'::date)), referral_id)
    where status in ('started', 'paused');

-- Messages that were rejected: few among many.
create index message_rejected_of_sender on message (sender, at desc, message_id desc) where not accepted;
create index message_rejected_of_receiver on message (receiver, at desc, message_id desc) where not accepted;

-- Messages of one journey. Whether an array has an element is asked of a row after row-level security alone (the operator
-- could tell of rows in an error), so no index helps there; here the function looks to it that they are the caller's own.
create index message_journeys on message using gin (referral_ids) with (fastupdate = off);
create policy finder on message for select to referral_owner using (true);
create function messages_about(in journey uuid) returns setof uuid
    language plpgsql stable security definer rows 10 set search_path from current as $$
begin
    return query select message_id from message
                 where referral_ids @> array[journey] and (sender = my_party() or receiver = my_party());
end $$;
