-- What a batch's handler is told about all of its items alike, and what its items add up to: {"name": number}.
ALTER TABLE batch_operations ADD COLUMN config jsonb NOT NULL DEFAULT '{}';
ALTER TABLE batch_operations ADD COLUMN result jsonb NOT NULL DEFAULT '{}';

-- Where the items of the chunk begin that was taken together with the latest record.
ALTER TABLE batch_operations ADD COLUMN taken_from bigint;

-- The job of a runner that is another than the platform's, while it is; null: the platform's.
ALTER TABLE batch_operation_runners ADD COLUMN job_id text;

-- Operations on many jobs are batches from now on. Those in this table were begun before; a worker that meets the job of one that
-- runs goes on with it as this batch. The table is only read besides, and can go when its last operation is 90 days old.
ALTER TABLE bulk_operation ADD COLUMN continued_as uuid;
