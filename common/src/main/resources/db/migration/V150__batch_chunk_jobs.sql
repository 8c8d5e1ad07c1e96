-- Who works a chunk off, for whoever looks. A runner notes it when its job begins, its chunks take it over; null: a worker of an earlier
-- release did, which does not say.
ALTER TABLE batch_operation_runners ADD COLUMN worker text;
ALTER TABLE batch_operation_chunks ADD COLUMN job_id text;
ALTER TABLE batch_operation_chunks ADD COLUMN worker text;
