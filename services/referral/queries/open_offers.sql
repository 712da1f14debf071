-- name: put_open_offers!
-- Offers to several providers; one that ended before stands open again.
insert into open_offer (referral_id, provider, municipality, law, product_code, category, unit, frequency, volume,
                        total_units, starts_on, ends_on, offered_at, claim_due, crisis, status)
select referral_id, provider, municipality, law, product_code, category, unit, frequency, volume, total_units,
       starts_on, ends_on, offered_at, claim_due, crisis, 'open'
from jsonb_populate_recordset(null::open_offer, :rows::jsonb)
on conflict (referral_id, provider) do update
set law = excluded.law, product_code = excluded.product_code, category = excluded.category, unit = excluded.unit,
    frequency = excluded.frequency, volume = excluded.volume, total_units = excluded.total_units,
    starts_on = excluded.starts_on, ends_on = excluded.ends_on, offered_at = excluded.offered_at,
    claim_due = excluded.claim_due, crisis = excluded.crisis, status = 'open', reason = null, ended_at = null;

-- name: offers_in
-- Every offer of one journey to several providers, as far as the caller may see them.
select open_offer.*, known_provider.name as provider_name from open_offer
left join known_provider using (provider)
where referral_id = :referral_id order by provider;

-- name: offers_to
-- What a provider was offered: what it may still claim, earliest first, and what ended since an instant.
select open_offer.*, known_provider.name as provider_name from open_offer
left join known_provider using (provider)
where provider = :provider and (status = 'open' or (status in ('gone', 'lapsed', 'withdrawn') and ended_at >= :since))
order by ended_at is not null, crisis desc, claim_due, referral_id limit :limit;

-- name: end_offer!
-- What became of one offer.
update open_offer set status = :status, reason = :reason, ended_at = :at
where referral_id = :referral_id and provider = :provider and status = 'open';

-- name: end_open_offers
-- Nobody can claim this journey any more; gives who could.
update open_offer set status = :status, ended_at = :at where referral_id = :referral_id and status = 'open'
returning provider;
