-- Two short lists among very many rows: what an organisation itself promised, soonest first; and what a provider was
-- refused because another municipality is responsible, and did not ask there yet.

create index deadline_of_party on deadline (party, due, subject, kind) where done_at is null;
create index referral_elsewhere on referral (provider, requested_at desc, referral_id desc)
    where status = 'refused' and responsible_municipality is not null and continued_as is null;
