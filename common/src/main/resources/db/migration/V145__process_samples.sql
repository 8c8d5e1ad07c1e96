-- What processes did, minute by minute: their pools of connections, and how fast they answered. Idle ones write nothing.

CREATE TABLE pool_sample (
    process     text NOT NULL,
    pool        text NOT NULL,
    sampled_at  timestamptz NOT NULL,
    size        integer NOT NULL,
    -- the most connections in use at once, callers that waited for one included
    peak        integer NOT NULL,
    done        bigint NOT NULL,
    failed      bigint NOT NULL,
    diverted    bigint NOT NULL,
    millis      bigint NOT NULL,
    longest_ms  bigint NOT NULL,
    PRIMARY KEY (sampled_at, process, pool)
);

CREATE TABLE answer_sample (
    process    text NOT NULL,
    -- template of the path
    uri        text NOT NULL,
    sampled_at timestamptz NOT NULL,
    answers    bigint NOT NULL,
    millis     bigint NOT NULL,
    PRIMARY KEY (sampled_at, process, uri)
);
