package io.penstock.common.outbox;

import static io.penstock.common.outbox.OutboxHarness.QUEUE;
import static io.penstock.common.outbox.OutboxHarness.STEP;
import static io.penstock.common.outbox.OutboxHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.OutboxHarness.Step;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.redis.RedisKeys;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures, so it runs on demand: {@code ./mvnw test -pl common -Dtest=OutboxSpeedTest -Dpenstock.outbox-speed=20000}.
 * PostgreSQL runs without fsync here, Redis without persistence.
 */
@EnabledIfSystemProperty(named = "penstock.outbox-speed", matches = "\\d+")
class OutboxSpeedTest {

    private static final Logger LOG = Logger.getLogger(OutboxSpeedTest.class);
    private static final int ROWS = Integer.getInteger("penstock.outbox-speed", 20_000);
    private static final int RUNS = 5;
    private static final int SINGLES = 1_000;

    private final OutboxHarness it = new OutboxHarness();

    @BeforeAll
    static void migrate() {
        OutboxHarness.migrate();
    }

    @AfterEach
    void close() {
        it.close();
    }

    @Test
    void rowsPerSecond() {
        for (int run = 0; run < RUNS; run++) {
            double direct = direct();
            double loose = relayed(number -> Optional.empty());
            double keyed = relayed(number -> Optional.of("key-" + number % 1_000));
            double oneKey = relayed(number -> Optional.of("key"));
            LOG.infof(
                    "run %d: direct %,.0f/s; relayed without keys %,.0f/s (%.2f), 1000 keys %,.0f/s (%.2f), one key %,.0f/s (%.2f)",
                    run, direct, loose, loose / direct, keyed, keyed / direct, oneKey, oneKey / direct);
        }
    }

    @Test
    void fromCommitToReady() {
        RelayProcess process = it.process(it.idempotentEnqueue, "sweep", "5s");
        await().atMost(Duration.ofSeconds(20)).until(process::isListening);
        for (int run = 0; run < 3; run++) {
            long[] micros = new long[SINGLES];
            String last = "0";
            it.redis.run("DEL", RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0));
            for (int i = 0; i < SINGLES; i++) {
                it.enqueue(new Step("a", i));
                long committed = System.nanoTime();
                Response arrived =
                        it.redis.run("XREAD", "BLOCK", 5_000, "STREAMS", RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0), last);
                micros[i] = (System.nanoTime() - committed) / 1_000;
                Response entries = arrived.isMap()
                        ? arrived.get(RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0))
                        : arrived.get(0).get(1);
                last = entries.get(entries.size() - 1).get(0).toString();
            }
            Arrays.sort(micros);
            LOG.infof(
                    "run %d: from commit to ready p50 %.2f ms, p99 %.2f ms, most %.2f ms",
                    run, micros[SINGLES / 2] / 1e3, micros[SINGLES * 99 / 100] / 1e3, micros[SINGLES - 1] / 1e3);
        }
    }

    private double direct() {
        it.redis.run("FLUSHALL");
        List<List<NewJob>> bulks = new ArrayList<>();
        for (int from = 0; from < ROWS; from += DispatchPlan.LOAD_ROWS) {
            bulks.add(IntStream.range(from, Math.min(ROWS, from + DispatchPlan.LOAD_ROWS))
                    .mapToObj(number -> new NewJob(
                            STEP.name(),
                            QUEUE,
                            "{\"by\":\"" + "x".repeat(180) + "\",\"number\":" + number + "}",
                            1,
                            JobOptions.DEFAULT.withId(UUID.randomUUID().toString()),
                            Optional.empty()))
                    .toList());
        }
        long start = System.nanoTime();
        bulks.forEach(bulk -> await(it.queue.enqueueAll(bulk)));
        return ROWS / ((System.nanoTime() - start) / 1e9);
    }

    private double relayed(IntFunction<Optional<String>> key) {
        it.redis.run("FLUSHALL");
        for (int from = 0; from < ROWS; from += 1_000) {
            List<Outbox.Item<Step>> items = IntStream.range(from, Math.min(ROWS, from + 1_000))
                    .mapToObj(number -> new Outbox.Item<>(
                            new Step("x".repeat(180), number), JobOptions.DEFAULT, key.apply(number), Optional.empty()))
                    .toList();
            it.inTransaction(transaction -> it.outbox.enqueueAll(transaction, STEP, items));
        }
        OutboxRelay relay = it.relay();
        long start = System.nanoTime();
        it.relayAll(relay);
        double perSecond = ROWS / ((System.nanoTime() - start) / 1e9);
        assertThat(it.unsent()).isZero();
        assertThat(it.redis.run("XLEN", RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0)).toInteger())
                .isEqualTo(ROWS);
        return perSecond;
    }
}
