-- name: add_spent!
-- More or less spent; rows in a fixed order, so that two batches never wait for each other in a circle.
insert into spent (provider, municipality, product_code, month, named, agreement_id, cents, lines)
select * from unnest(:providers::text[], :municipalities::text[], :product_codes::text[], :months::date[],
                     :named::uuid[], :agreement_ids::uuid[], :cents::bigint[], :lines::integer[])
    as added (provider, municipality, product_code, month, named, agreement_id, cents, lines)
order by 1, 2, 3, 4, 5
on conflict (provider, municipality, product_code, month, named) do update
set cents = spent.cents + excluded.cents, lines = spent.lines + excluded.lines;

-- name: unnamed_spent
-- What was spent by these providers under no named agreement.
select provider, municipality, product_code, month, agreement_id from spent
where named is null and provider = any(:providers::text[])
order by provider, municipality, product_code, month;

-- name: attribute_spent!
-- Which agreement it counts under, now that agreements changed.
update spent set agreement_id = found.agreement_id
from unnest(:providers::text[], :municipalities::text[], :product_codes::text[], :months::date[],
            :agreement_ids::uuid[]) as found (provider, municipality, product_code, month, agreement_id)
where spent.named is null
  and (spent.provider, spent.municipality, spent.product_code, spent.month)
      = (found.provider, found.municipality, found.product_code, found.month);

-- name: reservations
-- What is reserved for these journeys.
select * from reservation where referral_id = any(:referral_ids::uuid[]);

-- name: unnamed_reservations
-- What is reserved with these providers under no named agreement.
select * from reservation where named is null and provider = any(:providers::text[])
order by referral_id, allocation_number;

-- name: put_reservations!
-- What allocations may cost from now on.
insert into reservation select * from jsonb_populate_recordset(null::reservation, :rows::jsonb)
on conflict (referral_id, allocation_number) do update set
    provider = excluded.provider, municipality = excluded.municipality, product_code = excluded.product_code,
    starts_on = excluded.starts_on, unit = excluded.unit, total_units = excluded.total_units, named = excluded.named,
    agreement_id = excluded.agreement_id, cents = excluded.cents;

-- name: add_reserved!
-- More or less reserved.
insert into reserved_month (agreement_id, municipality, month, cents)
select * from unnest(:agreement_ids::uuid[], :municipalities::text[], :months::date[], :cents::bigint[])
    as delta (agreement_id, municipality, month, cents)
order by 1, 3, 2
on conflict (agreement_id, month, municipality) do update set cents = reserved_month.cents + excluded.cents;

-- name: drop_empty_reserved!
-- Nothing reserved is no row, in whichever order it came to nothing.
delete from reserved_month where agreement_id = any(:agreement_ids::uuid[]) and cents = 0;

-- name: reconciliation
-- Per month and municipality of one agreement: reserved for allocations that begin then, spent on care given then.
select to_char(month, 'YYYY-MM') as month, municipality,
       sum(reserved)::bigint as reserved_cents, sum(spent)::bigint as spent_cents
from (select month, municipality, cents as reserved, null::bigint as spent
      from reserved_month where agreement_id = :agreement_id
      union all
      select month, municipality, null, cents from spent where agreement_id = :agreement_id) as line
where extract(year from month) = :year::int
group by 1, 2 order by 1, 2;
