package io.penstock.worker.maintenance;

import io.smallrye.mutiny.Uni;

/** Tells people of outages. Every worker that notices may call it: they hear of it once. */
interface OutageNews {

    /** Redis is away, or no longer. */
    Uni<Void> ofRedis(boolean over);

    /** PostgreSQL is away, or no longer. */
    Uni<Void> ofPostgresql(boolean over);
}
