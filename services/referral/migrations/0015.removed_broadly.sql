-- Whoever had an allocation without a journey keeps the relation when it is removed, as with a journey that was taken
-- back: the message that says so must reach the provider. What an offer to another took away stays out of sight.
create or replace function has_provider_relation(client uuid) returns boolean
    language sql stable parallel safe
    return exists (select from referral where client_id = client and provider = my_provider())
        or exists (select from allocation where client_id = client and provider = my_provider()
                   and (not removed or referral_id is null))
        or exists (select from chain_request where client_id = client and provider = my_provider()
                   and not 'rejected' = any(answers));
