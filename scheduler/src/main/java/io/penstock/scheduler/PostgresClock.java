package io.penstock.scheduler;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * PostgreSQL's clock: the clocks of the replicas may differ, the database's is one. A pass of the scheduler asks it first, so
 * that a database which stands still is noticed before anything is claimed.
 */
@ApplicationScoped
public class PostgresClock implements ScheduleClock {

    private final Pool pool;
    private final Duration deadline;

    /** @param deadline a database that does not tell the time by then does not answer */
    @Inject
    public PostgresClock(
            Pool pool, @ConfigProperty(name = "penstock.database.deadline", defaultValue = "5s") Duration deadline) {
        this.pool = pool;
        this.deadline = deadline;
    }

    @Override
    public Uni<Instant> now() {
        return pool.preparedQuery("SELECT clock_timestamp() AS now")
                .execute()
                .ifNoItem()
                .after(deadline)
                .fail()
                .map(rows -> rows.iterator().next().getOffsetDateTime("now").toInstant());
    }
}
