-- Schedules and what became of each of their instants.

CREATE TABLE scheduled_task (
    id               text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    name             text NOT NULL,
    description      text NOT NULL,
    cron_expression  text NOT NULL,
    time_zone        text NOT NULL,
    job_type         text NOT NULL,
    payload          jsonb NOT NULL,
    -- null: the queue of the job type
    queue            text,
    -- null: as the queue has it
    max_retries      integer,
    timeout_ms       bigint,
    misfire_policy   text NOT NULL CHECK (misfire_policy IN ('fire_once', 'fire_all', 'skip')),
    overlap_policy   text NOT NULL CHECK (overlap_policy IN ('skip', 'queue', 'allow')),
    -- the operator's switch; a new release never touches it
    is_active        boolean NOT NULL DEFAULT true,
    -- the deployment's switch, set from its configuration at every start
    suspended        boolean NOT NULL DEFAULT false,
    last_run         timestamptz,
    -- null: not planned. The scheduler plans what is on and has no definition_error, from updated_at onwards
    next_run         timestamptz,
    execution_count  bigint NOT NULL DEFAULT 0,
    failure_count    bigint NOT NULL DEFAULT 0,
    -- why the definition cannot be used as it stands
    definition_error text,
    -- the definition as the code declares it; null: an operator made this schedule
    declaration      jsonb,
    -- an operator changed the definition: new declarations are kept for a reset, not applied
    overridden       boolean NOT NULL DEFAULT false,
    -- an operator deleted a declared schedule: kept, so that the next release does not bring it back
    deleted_at       timestamptz,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);

CREATE INDEX scheduled_task_due ON scheduled_task (next_run)
    WHERE is_active AND NOT suspended AND deleted_at IS NULL;

CREATE INDEX scheduled_task_unplanned ON scheduled_task (updated_at)
    WHERE is_active AND NOT suspended AND deleted_at IS NULL AND next_run IS NULL AND definition_error IS NULL;

CREATE TABLE task_execution_log (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- no foreign key: the log outlives its schedule
    task_id        text NOT NULL,
    scheduled_for  timestamptz NOT NULL,
    trigger        text NOT NULL CHECK (trigger IN ('cron', 'manual', 'retry', 'catch-up')),
    status         text NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'timeout', 'skipped')),
    -- claimed: the instant is ours, its job not known to be enqueued · held: waits for the previous run ·
    -- enqueued: the queue has the job · ended: nothing left to do
    step           text NOT NULL CHECK (step IN ('claimed', 'held', 'enqueued', 'ended')),
    -- when a scheduler last took care of a claimed or held row, when the job was last looked at
    attended_at    timestamptz NOT NULL,
    job_id         text,
    -- instants before this one that it stands for after an outage
    missed         integer NOT NULL DEFAULT 0,
    lateness_ms    bigint,
    start_time     timestamptz,
    end_time       timestamptz,
    execution_time bigint,
    result         jsonb,
    error          text,
    -- the arbiter: whoever inserts the row fires the instant
    UNIQUE (task_id, scheduled_for)
);

CREATE INDEX task_execution_log_unfinished ON task_execution_log (attended_at) WHERE step IN ('claimed', 'held');
CREATE INDEX task_execution_log_followed ON task_execution_log (attended_at) WHERE step = 'enqueued';
CREATE INDEX task_execution_log_open ON task_execution_log (task_id, scheduled_for) WHERE step <> 'ended';
CREATE INDEX task_execution_log_age ON task_execution_log (scheduled_for);
