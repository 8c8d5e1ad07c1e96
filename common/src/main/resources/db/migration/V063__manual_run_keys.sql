-- A call that starts a run by hand may be repeated under the same key: the first one's row is the answer.
ALTER TABLE task_execution_log ADD COLUMN idempotency_key text;

CREATE UNIQUE INDEX task_execution_log_key ON task_execution_log (idempotency_key) WHERE idempotency_key IS NOT NULL;
