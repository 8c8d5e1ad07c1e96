-- What operators have changed of the queues' limits.

CREATE TABLE queue_limits (
    queue    text PRIMARY KEY,
    -- JSON with a version, who and when, see LimitOverrideCodec
    override text NOT NULL
);

-- One row: grows with each change, so that processes know whether what they have is the latest.
CREATE TABLE queue_limits_version (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    version bigint NOT NULL
);

INSERT INTO queue_limits_version (version) VALUES (0);
