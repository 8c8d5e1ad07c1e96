-- Batches: many items seen, steered and finished as one. PostgreSQL is the truth; Redis holds only the runners that are at work.
--
-- A batch's id is a UUID of version 7, which begins with the time of its creation. So the large tables are partitioned by id, a day
-- (UTC) each, and what is old goes with its day.
CREATE TABLE batch_operations (
    id              uuid PRIMARY KEY,
    format          smallint NOT NULL DEFAULT 1,
    type            text COLLATE "C" NOT NULL,
    name            text,
    tenant          text COLLATE "C",
    parent_id       uuid,
    -- Batches that count for this one, those that have not ended, and those that ended with a failure.
    children        bigint NOT NULL DEFAULT 0,
    children_open   bigint NOT NULL DEFAULT 0,
    children_failed bigint NOT NULL DEFAULT 0,
    status          text COLLATE "C" NOT NULL CHECK (status IN
        ('pending', 'running', 'completed', 'partial_success', 'failed', 'cancelled')),
    paused          boolean NOT NULL DEFAULT false,
    -- No more items come from outside; without it a batch does not end.
    sealed          boolean NOT NULL,
    -- Items 0 to total - 1 exist; those below next_item are done or in hand.
    total           bigint NOT NULL DEFAULT 0,
    next_item       bigint NOT NULL DEFAULT 0,
    -- Failed items of earlier rounds that wait to be run again, and the round: each retry of the failed begins one.
    retrying        bigint NOT NULL DEFAULT 0,
    retry_round     integer NOT NULL DEFAULT 0,
    completed       bigint NOT NULL DEFAULT 0,
    failed          bigint NOT NULL DEFAULT 0,
    skipped         bigint NOT NULL DEFAULT 0,
    -- Chunks begun so far.
    chunks          bigint NOT NULL DEFAULT 0,
    chunk_size      integer NOT NULL CHECK (chunk_size BETWEEN 1 AND 100),
    adaptive        boolean NOT NULL,
    -- What the last change of size was decided by: chunks, ended and failed items until then.
    sized_at        bigint NOT NULL DEFAULT 0,
    sized_done      bigint NOT NULL DEFAULT 0,
    sized_failed    bigint NOT NULL DEFAULT 0,
    -- The latest changes of size, [{"at", "from", "to", "why"}].
    sizes           jsonb NOT NULL DEFAULT '[]',
    concurrency     integer NOT NULL CHECK (concurrency BETWEEN 1 AND 50),
    priority        smallint NOT NULL,
    conflict        text COLLATE "C" NOT NULL CHECK (conflict IN ('abort', 'skip', 'override', 'merge')),
    -- The first so many items are numbers, from this one on; all others are in batch_operation_inputs.
    range_from      bigint NOT NULL DEFAULT 0,
    range_size      bigint NOT NULL DEFAULT 0,
    -- What is enqueued when it ends, and the batch that follows.
    callbacks       jsonb NOT NULL DEFAULT '{}',
    followed_by     jsonb,
    -- Which of the callbacks have been enqueued.
    called          text[] NOT NULL DEFAULT '{}',
    error_summary   jsonb NOT NULL DEFAULT '[]',
    created_by      text NOT NULL,
    created_by_name text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    start_at        timestamptz,
    started_at      timestamptz,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz
) WITH (fillfactor = 50);

-- Ids grow with time: the primary key lists batches, the latest first.
CREATE INDEX batch_operations_by_status ON batch_operations (status, id);
CREATE INDEX batch_operations_by_type ON batch_operations (type, id);
CREATE INDEX batch_operations_by_parent ON batch_operations (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX batch_operations_by_tenant ON batch_operations (tenant, id) WHERE tenant IS NOT NULL;

-- Items that are no range of numbers, some to a row, in the order they came.
CREATE TABLE batch_operation_inputs (
    batch_id   uuid NOT NULL,
    first_item bigint NOT NULL,
    size       integer NOT NULL,
    -- json, not jsonb: an item arrives as it was given, digit for digit.
    items      json NOT NULL,
    -- Those that could not be read, by their place in items: {"3": "line 17: ..."}; null: none.
    unreadable json,
    PRIMARY KEY (batch_id, first_item)
) PARTITION BY RANGE (batch_id);

-- Chunks that are in hand or done, for whoever takes over and for whoever looks.
CREATE TABLE batch_operation_chunks (
    batch_id    uuid NOT NULL,
    chunk       bigint NOT NULL,
    first_item  bigint NOT NULL,
    -- Exclusive.
    last_item   bigint NOT NULL,
    -- Holds failed items that run again: those that name this chunk.
    retry       boolean NOT NULL,
    runner      integer NOT NULL,
    -- How often it was begun.
    attempts    integer NOT NULL DEFAULT 1,
    completed   integer NOT NULL DEFAULT 0,
    failed      integer NOT NULL DEFAULT 0,
    skipped     integer NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (batch_id, chunk)
) PARTITION BY RANGE (batch_id);
CREATE INDEX batch_operation_chunks_open ON batch_operation_chunks (batch_id, runner) WHERE finished_at IS NULL;

-- What became of items: a row for each that has ended. A failed one of an earlier round than its batch waits to run again.
CREATE TABLE batch_operation_items (
    batch_id    uuid NOT NULL,
    item        bigint NOT NULL,
    chunk       bigint NOT NULL,
    status      text COLLATE "C" NOT NULL CHECK (status IN ('processing', 'completed', 'failed', 'skipped')),
    round       integer NOT NULL,
    -- What the item was about, where its handler says so.
    target_type text,
    target_id   text,
    -- How the target was before, where its handler says so.
    original    jsonb,
    error       text,
    fingerprint text COLLATE "C",
    retries     integer NOT NULL DEFAULT 0,
    started_at  timestamptz,
    finished_at timestamptz,
    duration_ms bigint,
    PRIMARY KEY (batch_id, item)
) PARTITION BY RANGE (batch_id);
CREATE INDEX batch_operation_items_unwell ON batch_operation_items (batch_id, status, item)
    WHERE status <> 'completed';

-- The jobs that work a batch off. One that is idle has no job; each new job has a new generation.
CREATE TABLE batch_operation_runners (
    batch_id   uuid NOT NULL REFERENCES batch_operations (id) ON DELETE CASCADE,
    runner     integer NOT NULL,
    generation bigint NOT NULL,
    busy       boolean NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, runner)
);
CREATE INDEX batch_operation_runners_busy ON batch_operation_runners (seen_at) WHERE busy;
