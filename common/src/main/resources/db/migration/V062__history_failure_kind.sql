-- How an attempt failed, as FailureKind words it: error | timeout. Null: it did not fail, or a writer that did not know yet.
ALTER TABLE job_history ADD COLUMN failure_kind text;
