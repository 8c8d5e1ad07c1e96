-- What the caches need to remember: figures by hour of what all processes have counted.

CREATE TABLE cache_stats (
    cache         text NOT NULL,
    hour          timestamptz NOT NULL,
    memory_hits   bigint NOT NULL,
    memory_misses bigint NOT NULL,
    redis_hits    bigint NOT NULL,
    redis_misses  bigint NOT NULL,
    loads         bigint NOT NULL,
    load_failures bigint NOT NULL,
    load_micros   bigint NOT NULL,
    errors        bigint NOT NULL,
    unreadable    bigint NOT NULL,
    too_large     bigint NOT NULL,
    refused       bigint NOT NULL,
    PRIMARY KEY (cache, hour)
);

CREATE INDEX cache_stats_hour ON cache_stats (hour);

-- Up to when the values of a key have been written behind, in epoch microseconds by the clocks of the writers.
CREATE TABLE cache_written (
    key        text PRIMARY KEY,
    written_at bigint NOT NULL,
    noted_at   timestamptz NOT NULL
);

CREATE INDEX cache_written_noted ON cache_written (noted_at);
