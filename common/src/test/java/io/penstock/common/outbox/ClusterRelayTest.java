package io.penstock.common.outbox;

import static io.penstock.common.outbox.OutboxHarness.SPREAD;
import static io.penstock.common.outbox.OutboxHarness.STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.outbox.OutboxHarness.Passing;
import io.penstock.common.outbox.OutboxHarness.Step;
import io.penstock.common.queue.QueuePartition;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The relay on a Redis Cluster of three masters. */
@Tag("slow")
class ClusterRelayTest {

    private final OutboxHarness it = new OutboxHarness(RedisFixture.ofCluster());

    @BeforeAll
    static void migrate() {
        OutboxHarness.migrate();
    }

    @AfterEach
    void close() {
        it.close();
    }

    @Test
    void movesRowsOfManyPartitionsAndForgetsThem() {
        it.enqueueInOrder(SPREAD, "key", 1, 40);
        it.enqueueInOrder(STEP, "key", 41, 60);

        it.relayAll(it.relay());

        assertThat(it.spread()).hasSize(40);
        assertThat(it.ready())
                .extracting(Step::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(41, 60).boxed().toList());
        assertThat(it.unsent()).isZero();
        assertThat(it.marks()).isEqualTo(20);
        OutboxHarness.await(new DedupCleaner(
                        it.idempotentEnqueue,
                        it.table,
                        OutboxHarness.config("remember", "0s"),
                        () -> Duration.ofDays(1))
                .runOnce());
        assertThat(it.marks()).isZero();
    }

    @Test
    void aJobThatHasEndedIsNotRunAgainWhenTheAnswerWasLost() {
        it.enqueueInOrder(STEP, "key", 1, 10);
        OutboxRelay deaf = it.relay(new Passing(it.idempotentEnqueue) {
            @Override
            public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
                return super.acceptOnce(place, jobs, notAfterMs)
                        .chain(() -> Uni.createFrom().failure(new IllegalStateException("no answer")));
            }
        });
        assertThat(OutboxHarness.await(deaf.runOnce()).failure()).hasMessage("no answer");
        it.completeAll();

        assertThat(OutboxHarness.await(it.relay().runOnce()).repeated()).isEqualTo(10);

        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isZero();
    }
}
