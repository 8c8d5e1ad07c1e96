package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.batch.BatchStore;
import io.penstock.common.flow.FaultTolerantGuards;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.flow.UpstreamConfig;
import io.penstock.common.job.Outcome;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.SweepProgress;
import io.penstock.common.offers.SweepStore;
import io.penstock.worker.batch.HeldRunner;
import io.penstock.worker.offers.TestFeed.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chunks that share far fewer permits than they have pages: they take turns, and lose neither pages nor attempts. */
@Tag("quarkus")
@QuarkusTest
class TightRateTest extends OffersTest {

    private static final int PERMITS_PER_SECOND = 40;
    private static final int BURST = 4;

    @Inject
    SweepStore sweepStore;

    @Inject
    BatchStore batches;

    @Inject
    HeldRunner runner;

    @Inject
    RateLimiter limiter;

    @Inject
    FeedConnection connection;

    @Inject
    FeedParser parser;

    @Inject
    SkippedOffers skipped;

    @Inject
    AlertDispatch alerts;

    @Inject
    OffersConfig config;

    @Inject
    Vertx vertx;

    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    @Test
    void takesTurnsUntilEveryPageIsThere() {
        sweepRows("s", 601, 610);
        sql("INSERT INTO sweep_chunks (sweep_id, from_page, to_page, job_id, read_by_sweep) VALUES"
                + " ('s', 611, 620, 'full-611-620', 's'), ('s', 621, 624, 'full-621-624', 's')");
        sql("UPDATE sweeps SET to_page = 624");
        feed.failingUntil(601, 2, Answer.status(500));
        feed.failingUntil(602, 2, Answer.status(500));
        feed.failingUntil(603, 3, Answer.status(500));
        FullChunkHandler handler = handlerWithFewPermits();

        long start = System.nanoTime();
        get(Uni.join()
                .all(untilDone(handler, 601, 610), untilDone(handler, 611, 620), untilDone(handler, 621, 624))
                .andFailFast());
        Duration taken = Duration.ofNanos(System.nanoTime() - start);

        SweepProgress end = progress("s");
        assertThat(end.state()).isEqualTo(SweepProgress.State.COMPLETED);
        assertThat(end.pagesDone()).isEqualTo(24);
        assertThat(feed.askedPages()).hasSize(28);
        assertThat(outcomes).noneMatch(Outcome.Fail.class::isInstance);
        assertThat(outcomes.stream().filter(Outcome.Snooze.class::isInstance)).isNotEmpty();
        assertThat(outcomes.stream().filter(Outcome.RetryLater.class::isInstance))
                .hasSizeLessThanOrEqualTo(2);
        assertThat(taken).isGreaterThan(Duration.ofMillis(28 - BURST).multipliedBy(1000 / PERMITS_PER_SECOND));
    }

    /** Does what a queue does with a chunk. */
    private Uni<Outcome> untilDone(FullChunkHandler handler, int from, int to) {
        FullChunk chunk = new FullChunk("s", from, to, 5, "Active");
        return handler.handle(chunk, new Context("full-" + from + "-" + to, 1, 3))
                .invoke(outcomes::add)
                .chain(outcome -> outcome instanceof Outcome.Completed || outcome instanceof Outcome.Fail
                        ? Uni.createFrom().item(outcome)
                        : Uni.createFrom()
                                .voidItem()
                                .onItem()
                                .delayIt()
                                .by(wait(outcome))
                                .chain(() -> untilDone(handler, from, to)));
    }

    private static Duration wait(Outcome outcome) {
        Duration wait = outcome instanceof Outcome.Snooze snooze ? snooze.delay() : Duration.ofMillis(20);
        return wait.plusMillis(1);
    }

    private FullChunkHandler handlerWithFewPermits() {
        UpstreamConfig.Upstream few = new GuardTest.Settings(
                PERMITS_PER_SECOND,
                Duration.ofSeconds(1),
                BURST,
                Duration.ofSeconds(2),
                100,
                new GuardTest.BreakerSettings(1, 500, Duration.ofSeconds(1), false));
        // Only the name of the upstream decides which permits are taken, so that this test takes its own.
        String upstream = "tight-" + UUID.randomUUID();
        FaultTolerantGuards guards = new FaultTolerantGuards(() -> Map.of(upstream, few), limiter);
        FeedClient client = new FeedClient(connection, parser, name -> guards.named(upstream), vertx);
        PageHandler pages = new PageHandler(client, store, sweepStore, skipped);
        return new FullChunkHandler(sweeps, batches, runner, pages, client, alerts, config);
    }
}
