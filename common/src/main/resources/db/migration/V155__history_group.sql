-- The group whose turn a job shared. Null: none, or a writer of before.
ALTER TABLE job_history ADD COLUMN job_group text COLLATE "C";
CREATE INDEX job_history_by_group ON job_history (job_group, ended_at) WHERE job_group IS NOT NULL;
