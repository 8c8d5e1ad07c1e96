-- Jobs that wait for their transaction to commit, and then for a relay that hands them to the queue.
--
-- Written by io.penstock.common.outbox.Outbox, by penstock_enqueue(), or by plain INSERTs that name type, payload and, as
-- they like, job_id, options and ordering_key; everything else belongs to the relays.
CREATE TABLE job_outbox (
    -- the order of rows of one ordering key
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id       text NOT NULL DEFAULT gen_random_uuid()::text,
    type         text NOT NULL,
    -- null: nobody has checked this row yet, the relay will. Not null: checked before the insert, waits in this queue
    queue        text,
    -- json, not jsonb: the text goes to the queue as it is
    payload      json NOT NULL DEFAULT '{}',
    -- which form the payload of a checked row has; an unchecked one has the present form of its type
    payload_version integer NOT NULL DEFAULT 1,
    -- as in POST /api/jobs/{type}
    options      json NOT NULL DEFAULT '{}',
    ordering_key text,
    -- relays lock lanes, not keys: so few locks cannot exhaust the server's lock table
    lane         smallint GENERATED ALWAYS AS ((hashtext(ordering_key) & 63)::smallint) STORED,
    -- a relay leaves rows of a newer format to newer relays
    format       smallint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX job_outbox_keyed ON job_outbox (id) WHERE lane IS NOT NULL;
CREATE INDEX job_outbox_loose ON job_outbox (id) WHERE lane IS NULL;

-- Every row is deleted soon after it came. Vacuum by number of dead rows and without pauses, or the scan for the oldest
-- rows has to step over the remains of millions.
ALTER TABLE job_outbox SET (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000
);

-- Rows that cannot become jobs, with the reason, until somebody retries or deletes them.
CREATE TABLE job_outbox_refused (
    -- that of the row in job_outbox
    id           bigint PRIMARY KEY,
    job_id       text NOT NULL,
    type         text NOT NULL,
    queue        text,
    payload      json NOT NULL,
    payload_version integer NOT NULL,
    options      json NOT NULL,
    ordering_key text,
    format       smallint NOT NULL,
    created_at   timestamptz NOT NULL,
    refused_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason       text NOT NULL
);

-- Notifications are sent by the commit, so that listeners find the rows; a roll-back sends none.
CREATE FUNCTION job_outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('penstock_outbox', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER job_outbox_notify AFTER INSERT ON job_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION job_outbox_notify();

-- Enqueues a job if and when the calling transaction commits, and answers with its id. For programs that do not use the
-- Java API. Nothing is checked here: a row that cannot become a job is moved to job_outbox_refused.
CREATE FUNCTION penstock_enqueue(
    type text,
    payload jsonb DEFAULT '{}',
    options jsonb DEFAULT '{}',
    ordering_key text DEFAULT NULL
) RETURNS text LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
    INSERT INTO job_outbox (job_id, type, payload, options, ordering_key)
    VALUES (coalesce($3 ->> 'id', gen_random_uuid()::text), $1, coalesce($2, '{}')::json, coalesce($3, '{}')::json, $4)
    RETURNING job_id
$$;
