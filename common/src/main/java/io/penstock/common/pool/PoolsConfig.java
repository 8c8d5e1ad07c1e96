package io.penstock.common.pool;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The pools of connections beside the one for writes ({@code quarkus.datasource.reactive}), under {@code penstock.pools}. */
@ConfigMapping(prefix = "penstock.pools")
public interface PoolsConfig {

    /** For reads that may be answered by a replica. */
    Read read();

    /** For what takes long. */
    Analytics analytics();

    /** A read goes to the pool for writes while more than this share of the read pool is in use, unless that one is as busy. */
    @WithDefault("0.8")
    double divertAbove();

    /**
     * Whether the database is reached through a pooler that shares connections between transactions ({@code DATABASE_POOLED}).
     * Then no statement is kept prepared on a connection, and no time-out is sent with the start of one.
     */
    @WithDefault("false")
    boolean pooled();

    /**
     * As {@code DATABASE_URL}, past the pooler ({@code DATABASE_DIRECT_URL}), for migrations and for the notifications of the outbox. Absent
     * behind a pooler: rows of the outbox wait for the sweep.
     */
    Optional<String> directUrl();

    /** The read pool. */
    interface Read {

        /** As {@code DATABASE_URL}, such as that of a replica; absent: the same database. User and password are the same. */
        Optional<String> url();

        /** Connections of one process at most. */
        @WithDefault("8")
        int maxSize();

        /** A connection that nobody needs is closed after this time. */
        @WithDefault("10s")
        Duration idleTimeout();

        /** A statement that runs longer is cancelled by PostgreSQL; zero: no bound. Behind a pooler it is for that to set. */
        @WithDefault("10s")
        Duration statementTimeout();
    }

    /** The pool for analyses. Its statements have no time-out. */
    interface Analytics {

        /** As {@code DATABASE_URL}, such as that of a replica; absent: the same database. User and password are the same. */
        Optional<String> url();

        /** Connections of one process at most. */
        @WithDefault("2")
        int maxSize();

        /** A connection that nobody needs is closed after this time. */
        @WithDefault("10s")
        Duration idleTimeout();
    }
}
