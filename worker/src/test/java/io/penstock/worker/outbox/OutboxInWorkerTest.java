package io.penstock.worker.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.job.JobState;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.outbox.OutboxAdmin;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker relays without being told to, and runs what arrives. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class OutboxInWorkerTest {

    @Inject
    Outbox outbox;

    @Inject
    OutboxAdmin admin;

    @Inject
    JobQueue queue;

    @Inject
    Pool pool;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private void awaitCompleted(String id) {
        await().atMost(Duration.ofSeconds(20)).until(() -> get(queue.find(id))
                .map(JobView::state)
                .filter(JobState.COMPLETED::equals)
                .isPresent());
    }

    @Test
    void runsAJobOfACommittedTransaction() {
        String id =
                get(pool.withTransaction(transaction -> outbox.enqueue(transaction, DiagnosticsJobs.PING, new Ping())));

        awaitCompleted(id);
    }

    @Test
    void runsAJobOfPlainSql() {
        String id = get(pool.query("SELECT penstock_enqueue('diagnostics.ping') AS id")
                        .execute())
                .iterator()
                .next()
                .getString("id");

        awaitCompleted(id);
    }

    @Test
    void showsHowFarBehindItIs() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(RestAssured.get("/q/metrics").asString())
                        .contains("penstock_outbox_lag_seconds 0.0")
                        .contains("penstock_outbox_unsent_rows 0.0")
                        .contains("penstock_outbox_relayed_total"));
        assertThat(get(admin.status()).unsent()).isZero();
    }

    /** One that it listens with, and one for all that is done now and then. */
    @Test
    void holdsTwoConnectionsOnceItHasNothingToDo() {
        // Asked over a connection of the pool, which is one of them or makes it three.
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(connections()).hasSizeLessThanOrEqualTo(3));
    }

    private List<String> connections() {
        List<String> found = new ArrayList<>();
        get(pool.query("SELECT application_name || ' ' || query AS what FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND backend_type = 'client backend'")
                        .execute())
                .forEach(row -> found.add(row.getString("what")));
        return found;
    }
}
