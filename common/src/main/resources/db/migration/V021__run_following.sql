-- Runs are followed to the end of their job.

-- When a scheduler is to look at a row that has not ended; whoever takes it puts this off first.
ALTER TABLE task_execution_log RENAME COLUMN attended_at TO attend_at;

-- JSON text, as the job returned it: jsonb refuses some of what JSON allows.
ALTER TABLE task_execution_log ALTER COLUMN result TYPE text;
