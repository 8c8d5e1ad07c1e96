package io.penstock.common.schema;

import io.agroal.api.AgroalDataSource;
import io.penstock.common.schema.KnownMigrations.Applied;
import io.quarkus.datasource.common.runtime.DataSourceUtil;
import io.quarkus.flyway.runtime.FlywayContainerProducer;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Brings the tables up to date before anything else of a process begins. Almost every start finds them so. One query through the pool that the
 * process needs anyway tells that; only where it does not, Flyway is made and set to work.
 */
@ApplicationScoped
class SchemaAtStart {

    private static final Logger LOG = Logger.getLogger(SchemaAtStart.class);

    /** Before the checks and loops that observe the start, some of which use tables. */
    private static final int FIRST = Interceptor.Priority.PLATFORM_BEFORE - 100;

    /** Whoever does not answer by then is asked by Flyway, which waits and tries again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final boolean asked;
    private final Pool pool;
    private final Instance<AgroalDataSource> direct;
    private final FlywayContainerProducer flyways;

    /** @param asked where not, nothing is looked at: a process that must not change tables, or not reach PostgreSQL past a pooler */
    @Inject
    SchemaAtStart(
            @ConfigProperty(name = "penstock.schema.migrate-at-start", defaultValue = "true") boolean asked,
            Pool pool,
            Instance<AgroalDataSource> direct,
            FlywayContainerProducer flyways) {
        this.asked = asked;
        this.pool = pool;
        this.direct = direct;
        this.flyways = flyways;
    }

    void start(@Observes @Priority(FIRST) StartupEvent event) {
        if (asked && !isUpToDate(KnownMigrations.ofThisBuild())) {
            migrate();
        }
    }

    /** Quarkus would make a Flyway at each start, asked or not. Its extension is told that there is none, and asked for one here, with all its settings. */
    private void migrate() {
        flyways.createFlyway(direct.get(), DataSourceUtil.DEFAULT_DATASOURCE_NAME, true, true)
                .getFlyway()
                .migrate();
    }

    /** False as well where nobody answers: Flyway then says why, or waits. */
    private boolean isUpToDate(KnownMigrations known) {
        if (known.isEmpty()) {
            return false;
        }
        try {
            return known.areAllAmong(applied());
        } catch (RuntimeException e) {
            LOG.debug("the table of migrations cannot be read", e);
            return false;
        }
    }

    private List<Applied> applied() {
        List<Applied> rows = new ArrayList<>();
        for (Row row : pool.query("SELECT version, checksum, success FROM flyway_schema_history")
                .execute()
                .await()
                .atMost(PATIENCE)) {
            rows.add(new Applied(row.getString(0), row.getInteger(1), row.getBoolean(2)));
        }
        return rows;
    }
}
