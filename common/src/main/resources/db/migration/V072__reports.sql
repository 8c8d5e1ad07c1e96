-- How full the queues were and what they had done so far, as the queue monitor found it.

CREATE TABLE queue_sample (
    queue          text NOT NULL,
    sampled_at     timestamptz NOT NULL,
    waiting        bigint NOT NULL,
    active         bigint NOT NULL,
    dead           bigint NOT NULL,
    -- since the queue exists: what lies between two samples is their difference
    completed      bigint NOT NULL,
    failed         bigint NOT NULL,
    oldest_wait_ms bigint NOT NULL,
    PRIMARY KEY (queue, sampled_at)
);

CREATE INDEX queue_sample_time ON queue_sample (sampled_at);

CREATE TABLE performance_report (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    -- the time it is about
    begins_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    -- number of recommendations, for lists
    advice     integer NOT NULL,
    -- see io.penstock.common.report.PerformanceReport; it says its version
    content    jsonb NOT NULL
);

CREATE INDEX performance_report_time ON performance_report (created_at);
