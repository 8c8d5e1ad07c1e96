package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.redis.RedisKeys;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls that are repeated because nobody knows whether the first one was accepted. */
@OnEveryTopology
class IdempotencyKeyTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;

    IdempotencyKeyTest(Topology topology) {
        super(topology);
    }

    private static IdempotentCall call(String key) {
        return new IdempotentCall(IdempotencyKey.of(key), IdempotencyKey.digest(List.of("asked")));
    }

    private static NewJob job(String payload, JobOptions options) {
        return QueueHarness.job("test.work", payload, options);
    }

    /** Finishes all that is ready, and tells the payloads. */
    private List<String> workOff() {
        QueueConsumer worker = harness.worker("w");
        List<String> payloads = new ArrayList<>();
        List<ClaimedJob> jobs = harness.claim(worker, 100);
        while (!jobs.isEmpty()) {
            jobs.forEach(job -> payloads.add(job.payload()));
            harness.finish(worker, jobs.toArray(ClaimedJob[]::new));
            jobs = harness.claim(worker, 100);
        }
        return payloads;
    }

    private static void assertRepeats(List<Enqueued> again, List<Enqueued> first) {
        assertThat(again)
                .extracting(Enqueued::jobId)
                .isEqualTo(first.stream().map(Enqueued::jobId).toList());
        assertThat(again).extracting(Enqueued::added).containsOnly(false);
    }

    @Test
    void repeatsOneJobThatHasEnded() {
        List<NewJob> jobs = List.of(job("1", PLAIN));
        List<Enqueued> first = await(harness.queue.enqueueAll(jobs, call("k")));
        assertThat(first).extracting(Enqueued::added).containsExactly(true);
        assertThat(workOff()).containsExactly("1");

        assertRepeats(await(harness.queue.enqueueAll(jobs, call("k"))), first);

        assertThat(workOff()).isEmpty();
        assertThat(await(harness.queue.enqueueAll(jobs, call("l"))).get(0).added())
                .isTrue();
        assertThat(harness.find(first.get(0).jobId())).isPresent();
    }

    @Test
    void repeatsABulkOverPartitions() {
        List<NewJob> jobs = List.of(
                job("1", PLAIN.withId("a")),
                job("2", PLAIN),
                job("3", PLAIN.withId("b")),
                job("4", PLAIN.withDelay(Duration.ofHours(1))),
                job("5", PLAIN.withGroup("g")),
                job("6", PLAIN.withId("c")));
        List<Enqueued> first = await(harness.queue.enqueueAll(jobs, call("k")));
        assertThat(first).extracting(Enqueued::added).containsOnly(true);
        assertThat(first).extracting(Enqueued::jobId).doesNotHaveDuplicates();
        assertThat(workOff()).containsExactlyInAnyOrder("1", "2", "3", "5", "6");

        assertRepeats(await(harness.queue.enqueueAll(jobs, call("k"))), first);

        assertThat(workOff()).isEmpty();
        assertThat(harness.status().scheduled()).isEqualTo(1);
    }

    /** A process died between two partitions: what it left undone is done by the repetition, and nothing twice. */
    @Test
    void completesWhatACrashLeftUndone() {
        List<NewJob> jobs = Stream.of("a", "b", "c", "d", "e", "f")
                .map(id -> job(id, PLAIN.withId(id)))
                .toList();
        List<Enqueued> first = await(harness.queue.enqueueAll(jobs, call("k")));
        List<String> ran = workOff();
        assertThat(ran).hasSize(6);
        String partition = RedisKeys.idempotent(QueueHarness.QUEUE, 0);
        List<String> ofPartition = jobs.stream()
                .map(NewJob::payload)
                .filter(id -> JobId.partitionOf(id, harness.policy.partitions()) == 0)
                .toList();
        harness.redis.run("DEL", partition);

        List<Enqueued> again = await(harness.queue.enqueueAll(jobs, call("k")));

        assertThat(again)
                .extracting(Enqueued::jobId)
                .isEqualTo(first.stream().map(Enqueued::jobId).toList());
        assertThat(again.stream().filter(Enqueued::added).map(Enqueued::jobId)).containsExactlyElementsOf(ofPartition);
        assertThat(workOff()).containsExactlyInAnyOrderElementsOf(ofPartition);
    }

    @Test
    void repeatsTheAnswerOfAJobThatStoodForAnother() {
        Enqueued holder = harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("u")));
        List<NewJob> jobs = List.of(job("2", PLAIN.withUnique(Uniqueness.of("u"))));
        List<Enqueued> first = await(harness.queue.enqueueAll(jobs, call("k")));
        assertThat(first).extracting(Enqueued::jobId).containsExactly(holder.jobId());
        assertThat(workOff()).containsExactly("1");

        assertRepeats(await(harness.queue.enqueueAll(jobs, call("k"))), first);

        assertThat(workOff()).isEmpty();
    }

    @Test
    void repeatsAFamilyThatHasEnded() {
        Family family = new Family(
                job("parent", PLAIN.withId("p")),
                List.of(job("child 1", PLAIN), job("child 2", PLAIN), QueueHarness.otherJob("child 3", PLAIN)),
                Family.OnChildFailure.CONTINUE);
        List<Enqueued> first = await(harness.queue.enqueueFamily(family, call("k")));
        assertThat(first).hasSize(4).extracting(Enqueued::added).containsOnly(true);

        assertRepeats(await(harness.queue.enqueueFamily(family, call("k"))), first);

        List<String> ran = workOff();
        assertThat(ran).containsOnlyOnce("child 1", "child 2");
        assertRepeats(await(harness.queue.enqueueFamily(family, call("k"))), first);
        assertThat(workOff()).doesNotContain("child 1", "child 2");
    }

    @Test
    void repeatsAFamilyWhoseParentWasLive() {
        harness.enqueue("other", PLAIN.withId("p"));
        Family family =
                new Family(job("parent", PLAIN.withId("p")), List.of(job("child", PLAIN)), Family.OnChildFailure.FAIL);
        List<Enqueued> first = await(harness.queue.enqueueFamily(family, call("k")));
        assertThat(first).containsExactly(new Enqueued("p", QueueHarness.QUEUE, false));
        assertThat(workOff()).containsExactly("other");

        assertThat(await(harness.queue.enqueueFamily(family, call("k")))).isEqualTo(first);
        assertThat(workOff()).isEmpty();
    }

    @Test
    void acceptsOneOfManyAtOnce() {
        List<NewJob> jobs = List.of(job("1", PLAIN), job("2", PLAIN));
        List<Uni<List<Enqueued>>> calls = Stream.generate(
                        () -> harness.remembering(Duration.ofDays(1)).enqueueAll(jobs, call("k")))
                .limit(20)
                .toList();

        List<List<Enqueued>> answers = await(Uni.join().all(calls).andFailFast());

        assertThat(answers.stream().flatMap(List::stream).filter(Enqueued::added))
                .hasSize(2);
        assertThat(answers.stream().flatMap(List::stream).map(Enqueued::jobId).distinct())
                .hasSize(2);
        assertThat(workOff()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void refusesAnotherRequestOfTheSameKey() {
        await(harness.queue.enqueueAll(List.of(job("1", PLAIN)), call("k")));
        IdempotentCall other = new IdempotentCall(IdempotencyKey.of("k"), IdempotencyKey.digest(List.of("else")));

        assertThatThrownBy(() -> await(harness.queue.enqueueAll(List.of(QueueHarness.otherJob("2", PLAIN)), other)))
                .isInstanceOf(IdempotencyKeyReusedException.class);

        IdempotentCall ofAnother = new IdempotentCall(new IdempotencyKey("caller", "k"), other.fingerprint());
        assertThat(await(harness.queue.enqueueAll(List.of(job("2", PLAIN)), ofAnother)))
                .extracting(Enqueued::added)
                .containsExactly(true);
        assertThat(workOff()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void forgetsAKeyAndLeavesNothingBehind() {
        RedisJobQueue shortly = harness.remembering(Duration.ofMillis(50));
        List<NewJob> jobs = List.of(job("1", PLAIN));
        await(shortly.enqueueAll(jobs, call("k")));
        assertThat(workOff()).containsExactly("1");
        harness.redis.passMillis(60);

        assertThat(await(shortly.enqueueAll(jobs, call("k"))).get(0).added()).isTrue();
        harness.redis.passMillis(60);

        assertThat(harness.sum("EXISTS", (queue, partition) -> RedisKeys.idempotent(QueueHarness.QUEUE, partition)))
                .isZero();
        assertThat(harness.redis.count(
                        "EXISTS", RedisKeys.idempotency(IdempotencyKey.of("k").digest())))
                .isZero();
    }

    @Test
    void refusesKeysThatAreNone() {
        Stream.of("", " ", "a b", "ä", "a\n", "x".repeat(256))
                .forEach(key -> assertThatThrownBy(() -> IdempotencyKey.of(key))
                        .isInstanceOf(InvalidJobException.class)
                        .hasMessageStartingWith("idempotencyKey: "));
        assertThat(IdempotencyKey.of("x".repeat(255)).digest()).hasSize(22);
    }
}
