package io.penstock.worker.maintenance;

import io.penstock.common.health.RedisProbe;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.worker.maintenance.Outage.Change;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Asks PostgreSQL and Redis without a job, and has it told that one of them is away by means of the other. Every worker does;
 * whoever tells sees to it that people hear of it once.
 */
@ApplicationScoped
class OutageWatch {

    private static final Logger LOG = Logger.getLogger(OutageWatch.class);

    private final Supplier<Uni<?>> postgresql;
    private final Supplier<Uni<?>> redis;
    private final OutageNews news;
    private final Duration answerWithin;
    private final Duration period;
    private final PeriodicTask task;
    private final Outage ofPostgresql = new Outage();
    private final Outage ofRedis = new Outage();

    @Inject
    OutageWatch(Pool pool, RedisProbe redis, OutageNews news, MaintenanceConfig config, Vertx vertx) {
        this(() -> pool.query("SELECT 1").execute(), redis::findings, news, config.healthCheck(), vertx);
    }

    /** @param postgresql asks once; as {@code redis} does */
    OutageWatch(
            Supplier<Uni<?>> postgresql,
            Supplier<Uni<?>> redis,
            OutageNews news,
            MaintenanceConfig.HealthCheck config,
            Vertx vertx) {
        this.postgresql = postgresql;
        this.redis = redis;
        this.news = news;
        this.answerWithin = config.answerWithin();
        this.period = config.outageWatch();
        this.task = PeriodicTask.task(vertx, "watch PostgreSQL and Redis", PeriodicTask.every(period, this::runOnce))
                .build();
    }

    void start(@Observes StartupEvent event) {
        task.startAfter(period);
    }

    void stop(@Observes ShutdownEvent event) {
        task.stop();
    }

    /** Asks both. Never fails. */
    Uni<Void> runOnce() {
        return Uni.combine()
                .all()
                .unis(answers(postgresql), answers(redis))
                .asTuple()
                .chain(found -> told(ofPostgresql.look(found.getItem1()), news::ofPostgresql)
                        .chain(() -> told(ofRedis.look(found.getItem2()), news::ofRedis)));
    }

    private Uni<Boolean> answers(Supplier<Uni<?>> question) {
        return Uni.createFrom()
                .<Object>deferred(() -> question.get().map(answer -> answer))
                .ifNoItem()
                .after(answerWithin)
                .fail()
                .replaceWith(true)
                .onFailure()
                .recoverWithItem(false);
    }

    /** What cannot be told is in the log, and in the readiness of this process. */
    private static Uni<Void> told(Change change, TellOutage news) {
        if (change == Change.NONE) {
            return Uni.createFrom().voidItem();
        }
        return news.tell(change == Change.OVER)
                .onFailure()
                .invoke(failure -> LOG.warnf("nobody can be told of an outage: %s", failure))
                .onFailure()
                .recoverWithNull();
    }

    /** One of the news. */
    private interface TellOutage {
        Uni<Void> tell(boolean over);
    }
}
