package io.penstock.scheduler;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** PostgreSQL's clock: the clocks of the replicas may differ, the database's is one. */
@ApplicationScoped
public class PostgresClock implements ScheduleClock {

    private final Pool pool;

    public PostgresClock(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Instant> now() {
        return pool.preparedQuery("SELECT clock_timestamp() AS now")
                .execute()
                .map(rows -> rows.iterator().next().getOffsetDateTime("now").toInstant());
    }
}
