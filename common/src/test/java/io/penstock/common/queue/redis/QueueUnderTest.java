package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.redis.RedisKeys;
import java.util.ArrayList;
import java.util.List;

/** A real queue beside its model, and what must be the same of both after each operation. */
final class QueueUnderTest {

    final QueueHarness harness;
    final QueueModel model = new QueueModel();
    final QueueConsumer worker;
    /** Leases that their worker has lost; whatever it tries with them has to fail. */
    final List<ClaimedJob> lostLeases = new ArrayList<>();

    private int payloads;

    /** Starts with an empty Redis. */
    QueueUnderTest(QueueHarness harness) {
        this.harness = harness;
        harness.redis.run("FLUSHALL");
        worker = harness.worker("w1");
    }

    /** Another payload each time, so that jobs can be told apart. */
    String nextPayload() {
        return "" + payloads++;
    }

    /** One of them; operations choose by a random number. */
    static <T> T choose(List<T> candidates, int choice) {
        return candidates.get(choice % candidates.size());
    }

    /** Counts, after every operation. */
    void checkCounts() {
        QueueStatus status = harness.status();
        assertThat(status.waiting()).as("waiting").isEqualTo(count(JobState.WAITING));
        assertThat(status.active()).as("active").isEqualTo(count(JobState.ACTIVE));
        assertThat(status.scheduled()).as("scheduled").isEqualTo(count(JobState.SCHEDULED, JobState.RETRYING));
        assertThat(status.dead()).as("dead").isEqualTo(count(JobState.DEAD));
        assertThat(status.completed()).as("completed").isEqualTo(model.completed);
        assertThat(status.failed()).as("failed attempts").isEqualTo(model.failedAttempts);
        assertThat(status.cancelled()).as("cancelled").isEqualTo(model.cancelled);
        assertThat(status.expired()).as("expired").isEqualTo(model.expired);
        assertThat(status.blockedByGroup()).as("behind their group").isEqualTo(blockedByGroups());
        assertThat(status.paused()).as("paused").isEqualTo(model.paused);
    }

    private long blockedByGroups() {
        return model.all().stream().filter(job -> job.behind).count();
    }

    private long count(JobState... states) {
        return model.in(states).size();
    }

    void checkJob(ModelJob job) {
        JobView view = harness.find(job.id).orElseThrow(() -> new AssertionError("not found: " + job));
        assertThat(view.state()).as("state of " + job).isEqualTo(job.state);
        assertThat(view.priority()).as("priority of " + job).isEqualTo(job.priority);
        if (!job.state.hasEnded()) {
            assertThat(view.payload()).as("payload of " + job).isEqualTo(job.payload);
            assertThat(view.stalls()).as("stalls of " + job).isEqualTo(job.stalls);
            int started = job.state == JobState.ACTIVE ? job.failed + 1 : job.failed;
            assertThat(view.attempts()).as("attempts of " + job).isEqualTo(started);
        }
    }

    /** After a sequence: each accepted job is in exactly one place, and nothing is left that nobody owns. */
    void checkEverything() {
        checkCounts();
        model.all().forEach(this::checkJob);
        long entries = harness.partitions()
                .flatMap(partition -> Streams.of(harness.policy, partition).keys().stream()
                        .mapToInt(key -> harness.redis.run("XLEN", key).toInteger()))
                .sum();
        assertThat(entries)
                .as("entries of ready streams")
                .isEqualTo(count(JobState.WAITING, JobState.ACTIVE) - blockedByGroups());
        assertThat(harness.sum("ZCARD", RedisKeys::scheduled))
                .as("scheduled set")
                .isEqualTo((int) count(JobState.SCHEDULED, JobState.RETRYING));
        assertThat(harness.sum("ZCARD", RedisKeys::dead)).as("dead set").isEqualTo((int) count(JobState.DEAD));
        LeakedKeys.check(harness.redis);
    }
}
