-- name: insert_deliveries!
-- Starts and stops as they were reported.
insert into reported_delivery select * from jsonb_populate_recordset(null::reported_delivery, :rows::jsonb);

-- name: remove_deliveries!
-- Reports that were taken back (status 3): they count as never sent (OP033).
delete from reported_delivery where delivery_id = any(:deliveries::uuid[]);
