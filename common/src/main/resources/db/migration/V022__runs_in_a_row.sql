-- Where a run's job is, so that it is looked up there, and how often in a row a schedule has failed.

-- null: a run from before this column, or one whose job type is gone
ALTER TABLE task_execution_log ADD COLUMN queue text;

ALTER TABLE scheduled_task ADD COLUMN failures_in_row integer NOT NULL DEFAULT 0;
