-- Results of the scheduled health check.

CREATE TABLE health_check (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    checked_at timestamptz NOT NULL,
    status     text NOT NULL CHECK (status IN ('up', 'degraded', 'down')),
    -- [{"name": …, "status": …, "detail": …, "ms": …}]
    parts      jsonb NOT NULL,
    -- jobs that each queue has finished so far, to be compared by the next check: {"<queue>": n}
    finished   jsonb NOT NULL
);

CREATE INDEX health_check_time ON health_check (checked_at);
