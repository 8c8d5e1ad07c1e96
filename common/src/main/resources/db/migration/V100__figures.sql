-- What the queues did: a row per queue and minute, rolled up to ten minutes and to hours, and beside them a row of all
-- queues together with the empty name. One process writes each of them.

CREATE TABLE queue_figures (
    -- length of the step: 60, 600 or 3600
    step_s         integer     NOT NULL,
    -- its beginning
    at             timestamptz NOT NULL,
    queue          text COLLATE "C" NOT NULL,
    -- null: the minute before was not written, so that nobody can tell
    enqueued       bigint,
    completed      bigint      NOT NULL,
    -- attempts that are made again
    failed         bigint      NOT NULL,
    died           bigint      NOT NULL,
    -- cancelled or expired
    dropped        bigint      NOT NULL,
    -- as they were at the end of the step
    waiting        bigint      NOT NULL,
    active         bigint      NOT NULL,
    delayed        bigint      NOT NULL,
    dead           bigint      NOT NULL,
    -- the longest of the step
    oldest_wait_ms bigint      NOT NULL,
    paused         boolean     NOT NULL,
    -- how often which time occurred, see io.penstock.common.figures.Histogram; without the zeros at the end
    waited         bigint[]    NOT NULL,
    ran            bigint[]    NOT NULL,
    PRIMARY KEY (step_s, at, queue)
);

CREATE INDEX queue_figures_by_queue ON queue_figures (queue, step_s, at);

-- Up to which minute the figures are written: whoever moves it on writes the minute.
CREATE TABLE figures_progress (
    only_one      boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    written_until timestamptz NOT NULL
);

INSERT INTO figures_progress (written_until) VALUES (to_timestamp(0));

-- What changed, to be seen beside the figures.
CREATE TABLE operations_mark (
    at      timestamptz NOT NULL,
    kind    text        NOT NULL CHECK (kind IN ('deployment', 'pause', 'resume', 'worker-lost')),
    subject text        NOT NULL,
    detail  text        NOT NULL,
    PRIMARY KEY (at, kind, subject)
);

-- Versions of workers that were seen lately.
CREATE TABLE worker_version (
    version    text PRIMARY KEY,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL
);

-- Since when something is wrong, of what does not say so itself.
CREATE TABLE operations_problem (
    id      text PRIMARY KEY,
    since   timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
