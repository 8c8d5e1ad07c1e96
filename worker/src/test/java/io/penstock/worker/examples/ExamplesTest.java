package io.penstock.worker.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.event.JobEvent;
import io.penstock.common.examples.Count;
import io.penstock.common.examples.Digest;
import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.examples.Greet;
import io.penstock.common.examples.GreetUpgrade;
import io.penstock.common.examples.Remark;
import io.penstock.common.examples.Watch;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.JobProgress;
import io.penstock.worker.testkit.HandlerRun;
import io.penstock.worker.testkit.TestQueues;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example handlers, tested as a user would test theirs. */
class ExamplesTest {

    @Test
    void greets() {
        HandlerRun.Ended run = HandlerRun.of(new GreetHandler()).with(new Greet("Ada", "Lovelace"));

        assertThat(run.result()).isEqualTo("Hello, Ada Lovelace");
        assertThat(run.log()).containsExactly("greeting Ada Lovelace");
    }

    @Test
    void greetsWhoHasOneNameOnly() {
        assertThat(HandlerRun.of(new GreetHandler())
                        .with(new Greet("Ada", null))
                        .result())
                .isEqualTo("Hello, Ada");
        assertThat(HandlerRun.of(new GreetHandler())
                        .withStored("{\"given\":\"Ada\"}", 2)
                        .result())
                .isEqualTo("Hello, Ada");
    }

    @Test
    void greetsWhomAnOlderProducerNamed() {
        HandlerRun<Greet> run = HandlerRun.of(new GreetHandler()).upgrading(new GreetUpgrade());

        assertThat(run.withStored("{\"name\":\"Ada King Lovelace\"}", 1).result())
                .isEqualTo("Hello, Ada King Lovelace");
        assertThat(run.withStored("{\"name\":\"Ada\"}", 1).result()).isEqualTo("Hello, Ada");
        assertThat(run.withStored("[]", 1).failure()).isInstanceOf(UnrecoverableJobException.class);
    }

    @Test
    void refusesANamelessGreeting() {
        assertThatThrownBy(() -> HandlerRun.of(new GreetHandler()).with(new Greet(" ", "")))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("payload.given"));
    }

    @Test
    void digestsAndTellsHowFarItIs() {
        HandlerRun.Ended run = HandlerRun.of(new DigestHandler()).with(new Digest("abc", 20_000));

        assertThat(run.result()).isInstanceOf(String.class);
        assertThat(run.percents()).containsExactly(0, 50, 100);
        assertThat(HandlerRun.of(new DigestHandler()).with(new Digest("abc", 1)).result())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void stopsDigestingWhenCancelled() {
        HandlerRun.Ended run =
                HandlerRun.of(new DigestHandler()).cancelledAfterProgress(2).with(new Digest("abc", 100_000_000));

        assertThat(run.outcome()).isEqualTo(Outcome.cancelled());
    }

    @Test
    void watchesUntilAllIsSeenOrItIsStopped() {
        assertThat(HandlerRun.of(new WatchHandler()).with(new Watch(3, 1)).percents())
                .containsExactly(33, 66, 100);
        HandlerRun.Ended stopped =
                HandlerRun.of(new WatchHandler()).cancelledAfterProgress(1).with(new Watch(100_000, 1));
        assertThat(stopped.outcome()).isEqualTo(Outcome.cancelled());
        assertThat(stopped.log()).containsExactly("stopped before look 2");
    }

    @Test
    void remarksComeTogether() {
        try (TestQueues queues = new TestQueues(ExampleJobs.REMARK)) {
            queues.handledBy(new RemarkHandler());
            for (int number = 1; number <= 51; number++) {
                queues.enqueue(ExampleJobs.REMARK, new Remark("remark " + number));
            }

            queues.drain();

            assertThat(queues.events()).singleElement().isInstanceOf(JobEvent.Completed.class);
        }
    }

    @Test
    void countsInChunks() {
        try (TestQueues queues = new TestQueues(ExampleJobs.COUNT)) {
            queues.handledBy(new CountHandler());
            queues.enqueue(ExampleJobs.COUNT, new Count("r", 0, 10, 4));

            queues.drain();

            assertThat(queues.enqueued(ExampleJobs.COUNT))
                    .extracting(each -> each.payload().from())
                    .containsExactly(0L, 4L, 8L);
            assertThat(queues.events()).hasSize(3).allMatch(JobEvent.Completed.class::isInstance);
        }
    }

    @Test
    void namesTheChunkThatFollows() {
        HandlerRun<Count> run = HandlerRun.of(new CountHandler());

        assertThat(run.with(new Count("r", 4, 10, 4)).followUps())
                .containsExactly(new FollowUp<>(ExampleJobs.COUNT, new Count("r", 8, 10, 4)));
        assertThat(run.with(new Count("r", 8, 10, 4)).followUps()).isEmpty();
    }

    @Test
    void seesTheResultsOfEveryJob() {
        try (TestQueues queues = new TestQueues(ExampleJobs.GREET)) {
            queues.handledBy(new GreetHandler());
            String id = queues.enqueue(ExampleJobs.GREET, new Greet("Ada", ""));

            queues.drain();

            assertThat(queues.job(id).result()).isEqualTo("\"Hello, Ada\"");
        }
    }

    @Test
    void travelsInTime() {
        try (TestQueues queues = new TestQueues(ExampleJobs.GREET, ExampleJobs.DIGEST)) {
            queues.handledBy(new GreetHandler()).handledBy(new DigestHandler());
            String soon = queues.enqueue(
                    ExampleJobs.GREET, new Greet("A", ""), JobOptions.DEFAULT.withDelay(Duration.ofHours(1)));
            String later = queues.enqueue(
                    ExampleJobs.DIGEST, new Digest("a", 1), JobOptions.DEFAULT.withDelay(Duration.ofHours(2)));

            queues.drain();
            assertThat(queues.job(soon).state()).isEqualTo(JobState.SCHEDULED);
            assertThat(queues.pass(Duration.ofMinutes(90))).isEqualTo(1);
            queues.drain();

            assertThat(queues.job(soon).state()).isEqualTo(JobState.COMPLETED);
            assertThat(queues.job(later).state()).isEqualTo(JobState.SCHEDULED);
            assertThat(queues.pass(Duration.ofMinutes(30))).isEqualTo(1);
        }
    }

    @Test
    void writesDownWhatJobsSayBeforeTheirEnd() {
        try (TestQueues queues = new TestQueues(ExampleJobs.DIGEST, ExampleJobs.GREET)) {
            queues.handledBy(new DigestHandler()).handledBy(new GreetHandler());
            List<String> ids = java.util.stream.IntStream.range(0, 50)
                    .mapToObj(i -> queues.enqueue(ExampleJobs.DIGEST, new Digest("a", 30_000)))
                    .toList();
            String greeting = queues.enqueue(ExampleJobs.GREET, new Greet("A", ""));

            queues.drain();

            for (String id : ids) {
                JobProgress progress = queues.output(id).progress();
                assertThat(progress).isNotNull();
                assertThat(progress.percent()).isEqualTo(100);
                assertThat(progress.total()).isEqualTo(30_000L);
            }
            assertThat(queues.log(greeting)).containsExactly("greeting A");
        }
    }

    @Test
    void leavesNewerPayloadsAndUpgradesOlderOnes() {
        try (TestQueues queues = new TestQueues(List.of(new GreetUpgrade()), List.of(ExampleJobs.GREET))) {
            queues.handledBy(new GreetHandler());
            String newer = queues.enqueueStored(ExampleJobs.GREET, "{\"names\":[\"Ada\"]}", 3);
            String older = queues.enqueueStored(ExampleJobs.GREET, "{\"name\":\"Ada\"}", 1);
            String broken = queues.enqueueStored(ExampleJobs.GREET, "7", 1);

            queues.drain();

            assertThat(queues.job(newer).state()).isEqualTo(JobState.SCHEDULED);
            assertThat(queues.job(newer).attempts()).isZero();
            assertThat(queues.job(newer).error()).isEqualTo("the payload has version 3, this worker knows 2");
            assertThat(queues.job(older).result()).isEqualTo("\"Hello, Ada\"");
            assertThat(queues.job(broken).state()).isEqualTo(JobState.DEAD);
            assertThat(queues.job(broken).error()).startsWith("the upgrade of the payload from version 1 to 2 failed");
        }
    }
}
