-- The batch that reads the pages of a chunk; null: none has begun, or a worker of an earlier release reads them.
ALTER TABLE sweep_chunks ADD COLUMN batch_id uuid;

-- How often an item that is to come again was tried in vain; null: never.
ALTER TABLE batch_operation_items ADD COLUMN failures smallint;

-- Where the job of a runner is; null: where the platform's own are.
ALTER TABLE batch_operation_runners ADD COLUMN queue text;

-- How chunks stand, whoever reads them. One that another sweep was reading already stands as that sweep's does. DONE is written in the
-- row by workers of an earlier release alone; all pages are theirs then.
CREATE VIEW sweep_chunk_states AS
SELECT c.sweep_id, r.sweep_id AS reader, r.from_page, r.to_page, r.job_id,
    CASE WHEN b.status = 'completed' THEN 'DONE'
         WHEN b.status IN ('partial_success', 'failed', 'cancelled') THEN 'DEAD'
         ELSE r.state END AS state,
    coalesce(b.finished_at, r.finished_at) AS finished_at,
    b.created_at AS batch_since, b.completed + b.skipped AS pages, b.result
FROM sweep_chunks c
JOIN sweep_chunks r ON r.sweep_id = c.read_by_sweep AND r.from_page = c.from_page
LEFT JOIN batch_operations b ON b.id = r.batch_id AND r.state <> 'DONE';
