-- What operators asked to be done to many jobs at once, and how far it is.
CREATE TABLE bulk_operation (
    id            uuid PRIMARY KEY,
    action        text        NOT NULL CHECK (action IN ('cancel', 'delete', 'retry', 'run-now')),
    -- As it was given. Together with frozen_at it says which jobs are meant, whatever is accepted later.
    filter        jsonb       NOT NULL,
    frozen_at     timestamptz NOT NULL,
    state         text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'aborted', 'failed')),
    looked_at     bigint      NOT NULL DEFAULT 0,
    done          bigint      NOT NULL DEFAULT 0,
    skipped       bigint      NOT NULL DEFAULT 0,
    failed        bigint      NOT NULL DEFAULT 0,
    -- Where the next chunk begins; null: at the first job.
    position      jsonb,
    -- Counts the chunks, so that of two workers only one can go on from a position.
    step          bigint      NOT NULL DEFAULT 0,
    asked_by      text        NOT NULL,
    asked_by_name text        NOT NULL,
    error         text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);

CREATE INDEX bulk_operation_by_time ON bulk_operation (created_at DESC, id DESC);
