-- What became of jobs: one row per end of a job, and one per failed attempt. A partition holds one day (UTC); workers
-- create the days to come and drop those beyond the retention, so that no row is ever deleted one by one.

CREATE TABLE job_history (
    -- Compared byte by byte: identifiers have no language, and the indexes are smaller work.
    job_id       text COLLATE "C" NOT NULL,
    queue        text COLLATE "C" NOT NULL,
    type         text COLLATE "C" NOT NULL,
    -- completed, failed (an attempt; the job goes on), dead, cancelled, expired, deleted; newer workers may add others.
    state        text COLLATE "C" NOT NULL,
    attempt      integer     NOT NULL,
    max_attempts integer     NOT NULL,
    stalls       integer     NOT NULL,
    priority     smallint    NOT NULL,
    tenant       text COLLATE "C",
    tags         text[],
    enqueued_at  timestamptz NOT NULL,
    -- Null: the job ended without having started.
    started_at   timestamptz,
    ended_at     timestamptz NOT NULL,
    wait_ms      bigint,
    run_ms       bigint,
    worker       text,
    -- Equal for errors that differ in numbers, ids and quoted words only.
    fingerprint  text COLLATE "C",
    error        text,
    result       jsonb,
    -- Only where the queue asks for it: payloads hold personal data.
    payload      jsonb,
    -- The error was shortened, or result or payload left out, because of their size.
    shortened    boolean     NOT NULL,
    format       smallint    NOT NULL,
    -- A batch that is written again after a lost answer meets its own rows here.
    PRIMARY KEY (job_id, ended_at, attempt, state)
) PARTITION BY RANGE (ended_at);

-- One index per look-up. Completed rows without tags and tenant, the many, pay for the key and the first three.
CREATE INDEX job_history_by_time ON job_history (ended_at);
CREATE INDEX job_history_by_queue ON job_history (queue, ended_at);
CREATE INDEX job_history_by_type ON job_history (type, ended_at);
CREATE INDEX job_history_by_state ON job_history (state, ended_at) WHERE state <> 'completed';
CREATE INDEX job_history_by_tenant ON job_history (tenant, ended_at) WHERE tenant IS NOT NULL;
-- New rows wait in a list that every search reads; at its usual 4 MB the planner would rather read the whole day.
CREATE INDEX job_history_by_tag ON job_history USING gin (tags) WITH (gin_pending_list_limit = 512)
    WHERE tags IS NOT NULL;
CREATE INDEX job_history_by_fingerprint ON job_history (fingerprint, ended_at) WHERE fingerprint IS NOT NULL;
-- Holds all that the count of errors asks for.
CREATE INDEX job_history_errors ON job_history (ended_at, fingerprint, type, queue) WHERE fingerprint IS NOT NULL;

-- Error text is found through trigrams where the server has them. Without them the look-up reads the rows of the time
-- asked for, under the same deadline; the index can be added later by the statement below.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm cannot be had (%): error texts are found by reading', SQLERRM;
END $$;
DO $$
BEGIN
    CREATE INDEX job_history_by_error ON job_history USING gin (left(error, 1000) gin_trgm_ops)
        WITH (gin_pending_list_limit = 512) WHERE error IS NOT NULL;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no trigram index on error texts: %', SQLERRM;
END $$;

CREATE TABLE job_error_group (
    fingerprint text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    -- The beginning of the latest error.
    sample      text        NOT NULL,
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    count       bigint      NOT NULL,
    PRIMARY KEY (fingerprint, type)
);
CREATE INDEX job_error_group_by_age ON job_error_group (last_seen);
