package io.penstock.common.pool;

import io.quarkus.arc.DefaultBean;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.ArrayList;

/**
 * Makes the pool for writes, as it would be made anyway, but for one thing: long statements stay prepared on its connections, too. Those that write
 * most are longer than what the client keeps by itself, and to read and plan them anew each time costs PostgreSQL more than to run them.
 * Where statements are not to be kept at all, this changes nothing.
 */
@DefaultBean
@Singleton
public class KeptStatements implements PgPoolCreator {

    /** Characters. Above the longest statement that is run often. */
    private static final int LONGEST = 16_384;

    @Override
    public Pool create(Input input) {
        input.pgConnectOptionsList().forEach(KeptStatements::keepLongOnes);
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(new ArrayList<SqlConnectOptions>(input.pgConnectOptionsList()))
                .using(input.vertx())
                .build();
    }

    /** For pools that are made without a bean container. */
    public static void keepLongOnes(PgConnectOptions options) {
        options.setPreparedStatementCacheSqlLimit(LONGEST);
    }
}
