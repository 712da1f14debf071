-- name: find_clients
-- Whose citizen numbers these are in a municipality, whoever asks; identifiers, never a dossier.
select bsn_index, client_id from find_clients(:municipality, :indexes::bytea[]);

-- name: declared_before^
-- What earlier declarations of a provider leave to judge the next one by.
select exists (select from declaration where municipality = :municipality and provider = :provider and law = :law
               and number = :number) as number_used,
       (select max(period) from declaration where municipality = :municipality and provider = :provider and law = :law
        and assessed) as last_period;

-- name: used_references
-- Which references earlier performances have; those of a declaration that was refused as a whole count as unused.
select distinct performance.reference from performance
join declaration using (declaration_id)
where performance.provider = :provider and performance.municipality = :municipality and performance.law = :law
  and performance.reference = any(:references::text[]) and declaration.assessed;

-- name: lock_declared_allocations
-- The allocations that a declaration names, locked, always in the same order.
select number, client_id, starts_on, ends_on, category, product_code, volume, unit, frequency, by_effort, budget_cents,
       removed
from allocation
where municipality = :municipality and law = :law and provider = :provider and number = any(:numbers::bigint[])
order by number for no key update;

-- name: approved_performances
-- Approved debits that a declaration names: taken back by one of its credits, or of the same product and period.
select performance.* from performance
where municipality = :municipality and provider = :provider and law = :law and granted and not credit
  and reference = any(:taken_back::text[])
union
select performance.* from performance
join unnest(:numbers::bigint[], :firsts::date[], :lasts::date[], :categories::text[], :codes::text[])
    as asked (number, first, last, category, code)
  on allocation_number = asked.number and starts_on = asked.first and ends_on = asked.last
     and performance.category = asked.category and product_code = asked.code
where municipality = :municipality and provider = :provider and law = :law and granted and not credit
  and credited_in is null;

-- name: standing_of
-- What stands approved on allocations, added up per unit.
select allocation_number, unit, sum(volume)::bigint as volume, sum(amount_cents)::bigint as cents
from performance
where municipality = :municipality and law = :law and provider = :provider
  and allocation_number = any(:numbers::bigint[]) and granted and not credit and credited_in is null
group by allocation_number, unit;

-- name: tariffs_of
-- The tariffs of a provider in a municipality for products, the line that goes first on a day before the others.
select agreement_id, product_code, unit, variant, cents, valid_from, valid_until from agreed_tariff
where municipality = :municipality and provider = :provider and law = :law
  and product_code = any(:product_codes::text[])
order by agreed_from desc, agreement_id desc, own desc, valid_from desc, line desc;

-- name: categories_of_declared$
-- The categories under which a municipality knows product codes.
select categories_of(:municipality, :product_codes);

-- name: insert_declaration!
-- A declaration with what became of it.
insert into declaration (declaration_id, municipality, provider, law, number, period, declared_on, message_id,
                         answer_id, assessed, return_codes, submitted_cents, granted_cents, rejected_cents, lines,
                         rejected_lines, received_at, answer_due, answered_at)
values (:declaration_id, :municipality, :provider, :law, :number, :period, :declared_on, :message_id, :answer_id,
        :assessed, :return_codes, :submitted_cents, :granted_cents, :rejected_cents, :lines, :rejected_lines,
        :received_at, :answer_due, :answered_at);

-- name: insert_performances!
-- The lines of a declaration, each with what became of it; codes are parted by spaces.
insert into performance (declaration_id, municipality, provider, law, line, reference, previous_reference,
                         allocation_number, client_id, category, product_code, starts_on, ends_on, volume, unit,
                         by_effort, tariff_cents, amount_cents, credit, granted, codes, agreement_id)
select :declaration_id, :municipality, :provider, :law, each.line, each.reference, each.previous_reference,
       each.allocation_number, each.client_id, each.category, each.product_code, each.starts_on, each.ends_on,
       each.volume, each.unit, each.by_effort, each.tariff_cents, each.amount_cents, each.credit, each.granted,
       string_to_array(each.codes, ' '), each.agreement_id
from unnest(:lines::int[], :references::text[], :previous_references::text[], :allocation_numbers::bigint[],
            :client_ids::uuid[], :categories::text[], :product_codes::text[], :starts::date[], :ends::date[],
            :volumes::bigint[], :units::text[], :by_efforts::boolean[], :tariffs::bigint[], :amounts::bigint[],
            :credits::boolean[], :grants::boolean[], :codes::text[], :agreement_ids::uuid[])
    as each (line, reference, previous_reference, allocation_number, client_id, category, product_code, starts_on,
             ends_on, volume, unit, by_effort, tariff_cents, amount_cents, credit, granted, codes, agreement_id);

-- name: take_debits_back!
-- Debits that granted credits took back.
update performance set credited_in = :declaration_id
where provider = :provider and municipality = :municipality and law = :law and reference = any(:references::text[])
  and granted and not credit and credited_in is null and declaration_id <> :declaration_id;

-- name: put_message_clients!
-- Who is in a message about many people.
insert into message_clients (message_id, clients)
select unnest(:message_ids::uuid[]), :clients::uuid[];

-- name: drop_tariffs!
-- An agreement with other terms: the tariffs it had before no longer hold.
delete from agreed_tariff where agreement_id = any(:agreements::uuid[]);

-- name: put_tariffs!
-- The tariffs that an agreement says.
insert into agreed_tariff (agreement_id, municipality, line, provider, product_code, law, unit, variant, cents, own,
                           valid_from, valid_until, agreed_from)
select agreement_id, municipality, line, provider, product_code, law, unit, variant, cents, own, valid_from,
       valid_until, agreed_from
from jsonb_populate_recordset(null::agreed_tariff, :rows::jsonb);

-- name: list_declarations
-- Declarations of the caller, latest first: those that Samenspel answered and those that another system did.
select found.*, known.name as provider_name from (
    select declaration_id, municipality, provider, law, number, period, declared_on, message_id, answer_id, return_codes,
           submitted_cents, granted_cents, rejected_cents, lines, rejected_lines, received_at, answer_due, answered_at,
           false as elsewhere, true as fits
    from declaration
    union all
    select declaration_id, municipality, provider, law, number, period, declared_on, message_id, answer_id, return_codes,
           submitted_cents, granted_cents, rejected_cents, lines, rejected_lines, received_at, answer_due, answered_at,
           true, fits
    from elsewhere_declaration
) found
left join known_provider known using (provider)
where (:municipality::text is null or municipality = :municipality)
  and (:provider::text is null or provider = :provider)
  and (:law::text is null or law = :law)
  and (:period::date is null or period = :period)
  and (not :rejected::boolean or rejected_lines > 0 or cardinality(return_codes) > 0)
  and (:message_id::uuid is null or message_id = :message_id or answer_id = :message_id)
  and (:at::timestamptz is null or (received_at, declaration_id) < (:at, :declaration_id::uuid))
order by received_at desc, declaration_id desc limit :limit;

-- name: get_declaration^
-- One declaration of the caller.
select found.*, known.name as provider_name from (
    select declaration_id, municipality, provider, law, number, period, declared_on, message_id, answer_id, return_codes,
           submitted_cents, granted_cents, rejected_cents, lines, rejected_lines, received_at, answer_due, answered_at,
           false as elsewhere, true as fits
    from declaration where declaration_id = :declaration_id
    union all
    select declaration_id, municipality, provider, law, number, period, declared_on, message_id, answer_id, return_codes,
           submitted_cents, granted_cents, rejected_cents, lines, rejected_lines, received_at, answer_due, answered_at,
           true, fits
    from elsewhere_declaration where declaration_id = :declaration_id
) found
left join known_provider known using (provider);

-- name: lines_of_declaration
-- The lines of a declaration in the order of the message, with the allocation that each names and what stands approved
-- on it now, by who answered it. Who the client is shows only to who has a relation with them.
with page as (
    select declaration_id, line, municipality, provider, law, reference, previous_reference, allocation_number, client_id,
           category, product_code, starts_on, ends_on, volume, unit, by_effort, tariff_cents, amount_cents, credit,
           granted, codes, credited_in, false as elsewhere
    from performance
    where declaration_id = :declaration_id and line > :after and (not :rejected::boolean or not granted)
    union all
    select declaration_id, line, municipality, provider, law, reference, previous_reference, allocation_number, client_id,
           category, product_code, starts_on, ends_on, volume, unit, by_effort, tariff_cents, amount_cents, credit,
           granted, codes, credited_in, true
    from elsewhere_performance
    where declaration_id = :declaration_id and line > :after and (not :rejected::boolean or not granted)
    order by line limit :limit
), approved as (
    select allocation_number, amount_cents, volume, performance.unit
    from (select distinct municipality, law, allocation_number from page where not elsewhere) named
    join performance using (municipality, law, allocation_number)
    where granted and not credit and credited_in is null
    union all
    select allocation_number, amount_cents, volume, elsewhere_performance.unit
    from (select distinct municipality, law, allocation_number from page where elsewhere) named
    join elsewhere_performance using (municipality, law, allocation_number)
    where granted and not credit and credited_in is null
), standing as (
    select allocation_number, sum(amount_cents)::bigint as cents,
           sum(volume * case when unit = 'hour' then 60 else 1 end)::bigint as volume
    from approved group by allocation_number
)
select page.*, allocation.referral_id, allocation.starts_on as allocated_from, allocation.ends_on as allocated_until,
       allocation.category as allocated_category, allocation.product_code as allocated_code,
       allocation.volume as allocated_volume, allocation.unit as allocated_unit,
       allocation.frequency as allocated_frequency, allocation.by_effort as allocated_by_effort,
       allocation.budget_cents, allocation.removed, allocation.client_id is not null as allocated,
       coalesce(standing.cents, 0) as standing_cents, coalesce(standing.volume, 0) as standing_volume,
       client_pseudonym.pseudonym as client_dossier, provider_client.own_number,
       (select agreed_product.name from agreed_product
        where agreed_product.municipality = page.municipality and agreed_product.provider = page.provider
          and agreed_product.product_code = page.product_code limit 1) as product_name,
       not page.credit and exists (
           select from agreed_product
           where agreed_product.municipality = page.municipality and agreed_product.provider = page.provider
             and agreed_product.product_code = page.product_code and agreed_product.declared_when = 'at_the_end'
             and agreed_product.valid_from <= page.ends_on
             and (agreed_product.valid_until is null or agreed_product.valid_until >= page.ends_on))
       and not exists (
           select from reported_delivery
           where reported_delivery.municipality = page.municipality and reported_delivery.provider = page.provider
             and reported_delivery.law = page.law and reported_delivery.client_id = page.client_id
             and reported_delivery.reason is not null and reported_delivery.reason <> 'temporary'
             and reported_delivery.ends_on <= page.ends_on
             and coalesce(reported_delivery.number, page.allocation_number) = page.allocation_number
             and coalesce(reported_delivery.product_code, page.product_code) = page.product_code) as too_early
from page
left join allocation on allocation.municipality = page.municipality and allocation.law = page.law
     and allocation.number = page.allocation_number and allocation.provider = page.provider
     and allocation.client_id = page.client_id
left join standing on standing.allocation_number = page.allocation_number
left join client_pseudonym on client_pseudonym.client_id = page.client_id and client_pseudonym.purpose = 'dossier'
left join provider_client on provider_client.client_id = page.client_id and provider_client.provider = my_provider()
order by page.line;

-- name: whole_declaration
-- Every line of a declaration for a file, without what is left on its allocation.
select found.*, provider_client.own_number from (
    select line, reference, previous_reference, allocation_number, client_id, category, product_code, starts_on, ends_on,
           volume, unit, by_effort, tariff_cents, amount_cents, credit, granted, codes
    from performance where declaration_id = :declaration_id
    union all
    select line, reference, previous_reference, allocation_number, client_id, category, product_code, starts_on, ends_on,
           volume, unit, by_effort, tariff_cents, amount_cents, credit, granted, codes
    from elsewhere_performance where declaration_id = :declaration_id
) found
left join provider_client on provider_client.client_id = found.client_id
     and provider_client.provider = my_provider()
order by line;

-- name: sent_declaration^
-- A 323 that was sent: when it came, and over which month, as far as it was judged here.
select message.at, declaration.period from message
left join declaration on declaration.message_id = message.message_id
where message.message_id = :message_id limit 1;

-- name: drop_elsewhere!
-- A later answer of another system on the same declaration goes before this one.
with undone as (update elsewhere_performance set credited_in = null where credited_in = :declaration_id)
delete from elsewhere_declaration where declaration_id = :declaration_id;

-- name: insert_elsewhere!
-- What another system answered on a declaration.
insert into elsewhere_declaration (declaration_id, municipality, provider, law, number, period, declared_on, message_id,
                                   answer_id, return_codes, submitted_cents, granted_cents, rejected_cents, lines,
                                   rejected_lines, received_at, answer_due, answered_at, fits)
values (:declaration_id, :municipality, :provider, :law, :number, :period, :declared_on, :message_id, :answer_id,
        :return_codes, :submitted_cents, :granted_cents, :rejected_cents, :lines, :rejected_lines, :received_at,
        :answer_due, :answered_at, :fits);

-- name: insert_elsewhere_performances!
-- The lines of it, each with what became of it.
insert into elsewhere_performance (declaration_id, line, municipality, provider, law, reference, previous_reference,
                                   allocation_number, client_id, category, product_code, starts_on, ends_on, volume,
                                   unit, by_effort, tariff_cents, amount_cents, credit, granted, codes)
select declaration_id, line, municipality, provider, law, reference, previous_reference, allocation_number, client_id,
       category, product_code, starts_on, ends_on, volume, unit, by_effort, tariff_cents, amount_cents, credit, granted,
       codes
from jsonb_populate_recordset(null::elsewhere_performance, :rows::jsonb);

-- name: take_elsewhere_back!
-- Debits that granted credits took back, as another system answered.
update elsewhere_performance set credited_in = :declaration_id
where provider = :provider and municipality = :municipality and law = :law and reference = any(:references::text[])
  and granted and not credit and credited_in is null;

-- name: declaration_of_message^
-- The declaration that a message carried.
select declaration_id, granted_cents, rejected_cents from declaration where message_id = :message_id;

-- name: dossiers_of
-- Dossiers of many clients, as far as the caller has a relation with them, each with its name in the API.
select client_id, municipality, key_id, wrapped_key, client.sealed, erased_at,
       client_circumstance.sealed as circumstances, find_pseudonym(client_id, 'dossier') as dossier
from client left join client_circumstance using (client_id) where client_id = any(:client_ids::uuid[]);

-- name: declarable_allocations
-- The provider's allocations that run on a day of a month, in order of number, and whether something was granted on
-- each for that month already.
select allocation.number, allocation.category, allocation.product_code, allocation.unit, allocation.starts_on,
       allocation.ends_on, provider_client.own_number,
       (select agreed_product.name from agreed_product
        where agreed_product.municipality = allocation.municipality and agreed_product.provider = allocation.provider
          and agreed_product.product_code = allocation.product_code limit 1) as product_name,
       exists (select from performance
               where performance.municipality = allocation.municipality and performance.law = allocation.law
                 and performance.allocation_number = allocation.number and granted and not credit
                 and credited_in is null and performance.starts_on between :first and :last) as declared
from allocation
left join provider_client on provider_client.client_id = allocation.client_id
     and provider_client.provider = my_provider()
where allocation.municipality = :municipality and allocation.law = :law and allocation.provider = my_provider()
  and not allocation.removed and allocation.starts_on <= :last
  and (allocation.ends_on is null or allocation.ends_on >= :first)
  and allocation.number > :after
order by allocation.number limit :limit;
