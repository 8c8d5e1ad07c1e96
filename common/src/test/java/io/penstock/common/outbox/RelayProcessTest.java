package io.penstock.common.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.outbox.OutboxHarness.Step;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** A relay with its loops: what wakes it, and what becomes of it when a server goes and comes back. */
@Tag("slow")
class RelayProcessTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    /** So long that a test which passes did not wait for it. */
    private static final String NEVER = "10m";

    private final int port = EmbeddedServers.freePort();
    private RedisServer server = EmbeddedServers.startRedis(port);
    private final OutboxHarness it = new OutboxHarness(new RedisFixture("redis://127.0.0.1:" + port));

    @BeforeAll
    static void migrate() {
        OutboxHarness.migrate();
    }

    @AfterEach
    void close() {
        it.close();
        server.stop();
    }

    private RelayProcess process(String... settings) {
        return it.process(it.idempotentEnqueue, settings);
    }

    private void awaitReady(int... numbers) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(it.ready())
                .extracting(Step::number)
                .containsExactlyElementsOf(IntStream.of(numbers).boxed().toList()));
    }

    private long terminate(String condition) {
        return it.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid() AND " + condition)
                .size();
    }

    @Test
    void aCommitWakesTheRelay() {
        RelayProcess process = process("sweep", NEVER);
        await().atMost(SOON).until(process::isListening);

        it.enqueue(new Step("a", 1));

        awaitReady(1);
    }

    @Test
    void aLostNotificationOnlyDelays() {
        it.sql("ALTER TABLE job_outbox DISABLE TRIGGER job_outbox_notify");
        try {
            RelayProcess process = process("sweep", "300ms");
            await().atMost(SOON).until(process::isListening);

            it.enqueue(new Step("a", 1));

            awaitReady(1);
        } finally {
            it.sql("ALTER TABLE job_outbox ENABLE TRIGGER job_outbox_notify");
        }
    }

    @Test
    void aListenerWhoseConnectionDiesListensAgain() {
        RelayProcess process = process("sweep", NEVER);
        await().atMost(SOON).until(process::isListening);

        assertThat(terminate("query = 'LISTEN penstock_outbox'")).isEqualTo(1);
        it.enqueue(new Step("a", 1));

        awaitReady(1);
        await().atMost(SOON).until(process::isListening);
        it.enqueue(new Step("a", 2));
        awaitReady(1, 2);
    }

    @Test
    void threeProcessesShareTwoSeats() {
        RelayProcess first = process("sweep", "200ms");
        RelayProcess second = process("sweep", "200ms");
        await().atMost(SOON).until(() -> first.isListening() && second.isListening());
        RelayProcess third = process("sweep", "200ms");

        it.enqueue(new Step("a", 1));
        awaitReady(1);
        assertThat(third.isListening()).isFalse();
        first.stop();

        await().atMost(SOON).until(third::isListening);
    }

    @Test
    void rowsWaitWhileRedisIsAway() {
        RelayProcess process = process("sweep", "300ms");
        await().atMost(SOON).until(process::isListening);
        server.stop();
        it.enqueueInOrder(OutboxHarness.STEP, "key", 1, 3);
        await().atMost(SOON).until(() -> it.redisIsAway());
        assertThat(it.unsent()).isEqualTo(3);

        server = EmbeddedServers.startRedis(port);

        awaitReady(1, 2, 3);
        await().atMost(SOON).until(() -> it.unsent() == 0);
    }

    @Test
    void connectionsThatBreakInMidRelayLoseAndRepeatNoRow() {
        RelayProcess process = process("sweep", "200ms", "batch", "20");
        await().atMost(SOON).until(process::isListening);
        it.enqueueInOrder(OutboxHarness.STEP, "key", 1, 400);

        it.redis.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        it.enqueueInOrder(OutboxHarness.STEP, "key", 401, 800);
        it.redis.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await().atMost(SOON).until(() -> it.unsent() == 0);
        assertThat(it.ready())
                .extracting(Step::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 800).boxed().toList());
    }

    @Test
    void goesOnAfterPostgresHasBeenAway() {
        RelayProcess process = process("sweep", "300ms");
        await().atMost(SOON).until(process::isListening);
        it.enqueue(new Step("a", 1));
        awaitReady(1);

        terminate("true");

        await().atMost(SOON).ignoreExceptions().until(() -> !it.enqueue(new Step("a", 2))
                .isEmpty());
        awaitReady(1, 2);
        await().atMost(SOON).until(process::isListening);
    }

    @Test
    void theGaugesShowLagAndNumbers() {
        it.sql(
                "INSERT INTO job_outbox (type, format, created_at) VALUES ('test.step', 9, now() - interval '90 seconds')");
        it.sql("SELECT penstock_enqueue('unknown.type')");
        process("sweep", "200ms");

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(it.registry.get("penstock.outbox.lag").gauge().value()).isBetween(90.0, 120.0);
            assertThat(it.registry.get("penstock.outbox.unsent").gauge().value())
                    .isEqualTo(1);
            assertThat(it.registry.get("penstock.outbox.dead.letters").gauge().value())
                    .isEqualTo(1);
        });
        assertThat(OutboxHarness.await(it.admin.status()).unsent()).isEqualTo(1);
    }
}
