package io.penstock.worker.offers;

import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import io.penstock.common.offers.OfferQueries;
import io.penstock.common.offers.OfferStore;
import io.penstock.common.offers.OfferSweeps;
import io.penstock.common.offers.SweepProgress;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.run.JobContext;
import io.quarkus.test.common.WithTestResource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the offers workload share: a whole worker on real servers, a feed and a mail server. */
@WithTestResource(ServersResource.class)
@WithTestResource(OffersTestResource.class)
abstract class OffersTest {

    /** A hand-made job, for calls of a handler without a queue. */
    record Context(String jobId, int attempt, int maxAttempts) implements JobContext {

        @Override
        public String type() {
            return "test";
        }

        @Override
        public String queue() {
            return "test";
        }

        @Override
        public Instant deadline() {
            return Instant.MAX;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void whenCancelled(Runnable action) {
            // It never is.
        }
    }

    TestFeed feed;
    GreenMail mail;

    @Inject
    Pool pool;

    @Inject
    OfferSweeps sweeps;

    @Inject
    OfferQueries queries;

    @Inject
    OfferStore store;

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobQueue queue;

    @BeforeEach
    void wipe() throws Exception {
        feed.reset();
        mail.purgeEmailFromAllMailboxes();
        sql("TRUNCATE offers, offer_snapshots, conversion_list, conversion_merges, offer_alerts, offer_alert_latest,"
                + " sweeps, sweep_chunks, sweep_pages, sweep_plans");
        sql("UPDATE sweep_cursor SET next_page = 1");
    }

    static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        get(pool.preparedQuery(statement).execute(Tuple.from(List.of(parameters))))
                .forEach(rows::add);
        return rows;
    }

    List<String> texts(String statement, Object... parameters) {
        return sql(statement, parameters).stream().map(row -> row.getString(0)).toList();
    }

    long count(String statement, Object... parameters) {
        return sql(statement, parameters).get(0).getLong(0);
    }

    SweepProgress awaitEnd(String batchId) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> progress(batchId).state() != SweepProgress.State.RUNNING);
        return progress(batchId);
    }

    SweepProgress progress(String batchId) {
        return get(sweeps.progress(batchId)).orElseThrow();
    }

    /** A sweep's rows without its jobs. */
    void sweepRows(String sweepId, int fromPage, int toPage) {
        sql(
                "INSERT INTO sweeps (id, status, from_page, to_page, concurrency) VALUES ($1, 'Active', $2, $3, 2)",
                sweepId,
                fromPage,
                toPage);
        sql(
                "INSERT INTO sweep_chunks (sweep_id, from_page, to_page, job_id, read_by_sweep) VALUES ($1, $2, $3, $4, $1)",
                sweepId,
                fromPage,
                toPage,
                "full-" + fromPage + "-" + toPage);
    }
}
