package io.penstock.common.pool;

import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.PoolOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose session is the caller's own, for what lasts longer than a transaction: notifications, locks of a session. A pooler that
 * shares connections between transactions gives no such session, and would leave the locks with whoever comes next; so behind one these go
 * past it, or there are none.
 */
@ApplicationScoped
public class SessionConnections {

    /** The listener is the only one that needs one. */
    private static final int MAX_SIZE = 1;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final @Nullable Pool pool;
    private final boolean own;

    @Inject
    SessionConnections(
            Pool write,
            Vertx vertx,
            PoolsConfig config,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.own = config.pooled();
        this.pool = config.pooled()
                ? config.directUrl()
                        .map(url -> newPool(vertx, url, user, password))
                        .orElse(null)
                : write;
    }

    private static Pool newPool(Vertx vertx, String url, Optional<String> user, Optional<String> password) {
        return Pool.newInstance(PgBuilder.pool()
                .connectingTo(DatabasePools.connectTo(url, user, password, "session"))
                .with(new PoolOptions()
                        .setMaxSize(MAX_SIZE)
                        .setName(DatabasePools.LazyPool.NAME + "session")
                        .setIdleTimeout((int) IDLE.toMillis())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS))
                .using(vertx)
                .build());
    }

    /** Empty: a pooler is between, and nothing leads past it. */
    public Optional<Pool> pool() {
        return Optional.ofNullable(pool);
    }

    @PreDestroy
    void close() {
        Pool opened = pool;
        if (own && opened != null) {
            opened.closeAndForget();
        }
    }
}
