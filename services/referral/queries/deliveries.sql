-- name: insert_deliveries!
-- Starts and stops as they were reported.
insert into reported_delivery select * from jsonb_populate_recordset(null::reported_delivery, :rows::jsonb);

-- name: deliveries_of_allocation
-- What was reported of the care under an allocation, oldest first.
select * from reported_delivery
where client_id = :client_id and municipality = :municipality and provider = :provider and law = :law
  and number = :number
order by reported_at, reason is not null, delivery_id;

-- name: remove_deliveries!
-- Reports that were taken back (status 3): they count as never sent (OP033).
delete from reported_delivery where delivery_id = any(:deliveries::uuid[]);
