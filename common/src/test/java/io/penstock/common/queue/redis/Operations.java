package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static io.penstock.common.queue.redis.QueueUnderTest.choose;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueMaintainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The steps of random sequences. */
final class Operations {

    /** Due at once, as far as a sequence can tell: it lets more time than this pass. */
    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration FAR = Duration.ofHours(1);
    private static final List<Integer> PRIORITIES = List.of(0, 5, 10);
    private static final int IDS = 3;
    private static final int OFTEN = 4;

    static final List<Operation> ALL = List.of(
            new Enqueue(),
            new EnqueueWithId(),
            new EnqueueLater(),
            new EnqueueUnique(),
            new EnqueueInGroup(),
            new Claim(),
            new Finish(),
            new Expire(),
            new Cancel(),
            new Delete(),
            new RetryDead(),
            new RunNow(),
            new Retry(),
            new Snooze(),
            new Bury(),
            new HandBack(),
            new Renew(),
            new Begin(),
            new Recover(),
            new LoseWorkers(),
            new EndLostJob(),
            new Promote(),
            new Pause(),
            new Resume(),
            new Find());

    private Operations() {}

    private static JobOptions withPriority(int choice) {
        return JobOptions.DEFAULT.withPriority(choose(PRIORITIES, choice));
    }

    /** Lets the clock go on, so that what is due later also sorts later. */
    private static void tick(QueueUnderTest queue) {
        queue.harness.redis.passMillis(SOON.toMillis() + 1);
    }

    static final class Enqueue extends Operation {
        @Override
        int weight() {
            return OFTEN;
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            String payload = queue.nextPayload();
            JobOptions options = withPriority(choice);

            Enqueued answer = queue.harness.enqueue(payload, options);

            assertThat(answer.added()).isTrue();
            queue.model.accept(answer.jobId(), payload, options.priority());
        }
    }

    static final class EnqueueWithId extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            String id = "id-" + choice % IDS;
            String payload = queue.nextPayload();
            JobOptions options = withPriority(choice / IDS).withId(id);
            boolean live = queue.model.isLive(id);

            Enqueued answer = queue.harness.enqueue(payload, options);

            assertThat(answer.jobId()).isEqualTo(id);
            assertThat(answer.added())
                    .as("added although " + queue.model.find(id))
                    .isEqualTo(!live);
            if (!live) {
                queue.model.accept(id, payload, options.priority());
            }
        }
    }

    static final class EnqueueUnique extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            String key = "key {" + choice % IDS + "}";
            String payload = queue.nextPayload();
            JobOptions options = withPriority(choice / IDS).withUnique(Uniqueness.of(key));
            Optional<ModelJob> holder = queue.model.holder(key);

            Enqueued answer = queue.harness.enqueue(payload, options);

            assertThat(answer.added()).as("added although " + holder).isEqualTo(holder.isEmpty());
            if (holder.isPresent()) {
                assertThat(answer.jobId()).isEqualTo(holder.get().id);
            } else {
                queue.model.accept(answer.jobId(), payload, options.priority()).key = key;
            }
        }
    }

    static final class EnqueueInGroup extends Operation {
        @Override
        int weight() {
            return OFTEN;
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            String group = "group-" + choice % 2;
            String payload = queue.nextPayload();
            JobOptions options = withPriority(choice / 2).withGroup(group);

            Enqueued answer = queue.harness.enqueue(payload, options);

            assertThat(answer.added()).isTrue();
            queue.model.acceptInGroup(answer.jobId(), payload, options.priority(), group);
            // The order behind a group is that of the clock.
            tick(queue);
        }
    }

    static final class EnqueueLater extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            String payload = queue.nextPayload();
            boolean soon = choice % 4 > 0;
            JobOptions options = withPriority(choice / 4).withDelay(soon ? SOON : FAR);

            Enqueued answer = queue.harness.enqueue(payload, options);

            queue.model.acceptLater(answer.jobId(), payload, options.priority(), soon);
            tick(queue);
        }
    }

    /**
     * Higher priorities first, first come first served within one. A claim may bring as many of each priority as there
     * are slots: that is what the interface allows where several priorities are filled at once.
     */
    static final class Claim extends Operation {
        @Override
        int weight() {
            return OFTEN;
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            int slots = 1 + choice % 5;

            List<ClaimedJob> claimed = queue.harness.claim(queue.worker, slots);

            if (queue.model.paused) {
                assertThat(claimed).isEmpty();
                return;
            }
            assertThat(claimed).extracting(ClaimedJob::priority).isSortedAccordingTo(Comparator.reverseOrder());
            boolean moreUrgentLeft = false;
            for (int priority = JobOptions.MAX_PRIORITY; priority >= 0; priority--) {
                int p = priority;
                List<ModelJob> ready = queue.model.ready(priority);
                List<ClaimedJob> got =
                        claimed.stream().filter(job -> job.priority() == p).toList();
                assertThat(got.size()).as("claimed of priority " + p).isLessThanOrEqualTo(slots);
                assertThat(got)
                        .extracting(ClaimedJob::id)
                        .as("order of priority " + p)
                        .isEqualTo(ready.stream()
                                .map(job -> job.id)
                                .limit(got.size())
                                .toList());
                if (got.size() < ready.size() && got.size() < slots) {
                    assertThat(claimed.size()).as("slots left empty").isGreaterThanOrEqualTo(slots);
                    moreUrgentLeft = true;
                } else if (moreUrgentLeft) {
                    assertThat(got).as("claimed before more urgent ones").isEmpty();
                }
            }
            claimed.forEach(job -> start(queue, job));
        }

        private static void start(QueueUnderTest queue, ClaimedJob claimed) {
            ModelJob job = queue.model.find(claimed.id()).orElseThrow();
            assertThat(claimed.payload()).isEqualTo(job.payload);
            assertThat(claimed.attempt()).isEqualTo(job.failed + 1);
            assertThat(claimed.stalls()).isEqualTo(job.stalls);
            job.state = JobState.ACTIVE;
            job.begun = false;
            job.lease = claimed;
        }
    }

    /** What one worker does with one of its jobs. */
    abstract static class WithActiveJob extends Operation {
        @Override
        public boolean precondition(QueueUnderTest queue) {
            return !queue.model.in(JobState.ACTIVE).isEmpty();
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            ModelJob job = choose(queue.model.in(JobState.ACTIVE), choice);
            run(queue, job, job.lease, choice);
        }

        abstract void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice);
    }

    static final class Finish extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(queue.harness.finish(queue.worker, lease)).isEmpty();
            queue.model.end(job, JobState.COMPLETED);
            queue.model.completed++;
        }
    }

    static final class Retry extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            boolean soon = choice % 4 > 0;
            assertThat(await(queue.worker.retryLater(lease, soon ? SOON : FAR, "failed")))
                    .isTrue();
            job.failed++;
            queue.model.failedAttempts++;
            queue.model.schedule(job, JobState.RETRYING, soon);
            tick(queue);
        }
    }

    static final class Snooze extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            boolean soon = choice % 4 > 0;
            assertThat(await(queue.worker.snooze(lease, soon ? SOON : FAR, "not now")))
                    .isTrue();
            queue.model.schedule(job, JobState.SCHEDULED, soon);
            tick(queue);
        }
    }

    static final class Bury extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(await(queue.worker.bury(lease, "hopeless"))).isTrue();
            job.failed++;
            queue.model.failedAttempts++;
            queue.model.end(job, JobState.DEAD);
        }
    }

    static final class Expire extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(await(queue.worker.drop(lease, Dropped.EXPIRED, "too late")))
                    .isTrue();
            queue.model.expired++;
            queue.model.end(job, JobState.EXPIRED);
        }
    }

    /** What an operator does to one of all jobs; where it cannot take effect, it is refused with the job's state. */
    abstract static class Steer extends Operation {
        @Override
        public boolean precondition(QueueUnderTest queue) {
            return queue.model.all().stream().anyMatch(job -> job.state != JobState.ACTIVE);
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            List<ModelJob> candidates = queue.model.all().stream()
                    .filter(job -> job.state != JobState.ACTIVE)
                    .toList();
            ModelJob job = choose(candidates, choice);
            JobState before = job.state;
            JobActionResult answer = wish(queue, job);
            if (takesEffect(queue, job)) {
                assertThat(answer).as(job.toString()).isInstanceOf(JobActionResult.Done.class);
                apply(queue, job);
                tick(queue);
            } else {
                assertThat(answer).as(job.toString()).isInstanceOf(JobActionResult.Conflict.class);
                assertThat(((JobActionResult.Conflict) answer).state()).isEqualTo(before);
            }
        }

        abstract JobActionResult wish(QueueUnderTest queue, ModelJob job);

        abstract boolean takesEffect(QueueUnderTest queue, ModelJob job);

        abstract void apply(QueueUnderTest queue, ModelJob job);
    }

    static final class Cancel extends Steer {
        @Override
        JobActionResult wish(QueueUnderTest queue, ModelJob job) {
            return await(queue.harness.jobAdmin.cancel(job.id, "no longer wanted"));
        }

        @Override
        boolean takesEffect(QueueUnderTest queue, ModelJob job) {
            return !job.state.hasEnded();
        }

        @Override
        void apply(QueueUnderTest queue, ModelJob job) {
            queue.model.cancelled++;
            queue.model.end(job, JobState.CANCELLED);
        }
    }

    static final class Delete extends Steer {
        @Override
        JobActionResult wish(QueueUnderTest queue, ModelJob job) {
            return await(queue.harness.jobAdmin.delete(job.id));
        }

        @Override
        boolean takesEffect(QueueUnderTest queue, ModelJob job) {
            return !job.state.hasEnded() || job.state == JobState.DEAD;
        }

        @Override
        void apply(QueueUnderTest queue, ModelJob job) {
            queue.model.end(job, JobState.CANCELLED);
            queue.model.forget(job);
            Optional<JobState> found = queue.harness.find(job.id).map(JobView::state);
            if (queue.model.endedBefore(job.id)) {
                assertThat(found).hasValueSatisfying(earlier -> assertThat(earlier)
                        .isIn(JobState.COMPLETED, JobState.CANCELLED, JobState.EXPIRED));
            } else {
                assertThat(found).isEmpty();
            }
        }
    }

    static final class RetryDead extends Steer {
        @Override
        JobActionResult wish(QueueUnderTest queue, ModelJob job) {
            return await(queue.harness.jobAdmin.retry(job.id, true, JobAdmin.Children.RETRY));
        }

        @Override
        boolean takesEffect(QueueUnderTest queue, ModelJob job) {
            return job.state == JobState.DEAD
                    && (job.key == null || queue.model.holder(job.key).isEmpty());
        }

        @Override
        void apply(QueueUnderTest queue, ModelJob job) {
            job.failed = 0;
            job.stalls = 0;
            queue.model.comeIn(job);
        }
    }

    /** Of jobs without a group: one of a group passes its limit, which the model does not know. */
    static final class RunNow extends Steer {
        @Override
        public boolean precondition(QueueUnderTest queue) {
            return queue.model.all().stream()
                    .anyMatch(job -> job.state == JobState.SCHEDULED || job.state == JobState.RETRYING);
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            List<ModelJob> candidates = queue.model.in(JobState.SCHEDULED, JobState.RETRYING).stream()
                    .filter(job -> job.group == null)
                    .toList();
            if (!candidates.isEmpty()) {
                ModelJob job = choose(candidates, choice);
                assertThat(wish(queue, job)).isInstanceOf(JobActionResult.Done.class);
                apply(queue, job);
            }
        }

        @Override
        JobActionResult wish(QueueUnderTest queue, ModelJob job) {
            return await(queue.harness.jobAdmin.runNow(job.id));
        }

        @Override
        boolean takesEffect(QueueUnderTest queue, ModelJob job) {
            return true;
        }

        @Override
        void apply(QueueUnderTest queue, ModelJob job) {
            queue.model.comeIn(job);
        }
    }

    static final class HandBack extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(await(queue.worker.handBack(List.of(lease)))).isEmpty();
            queue.model.lineUp(job);
        }
    }

    static final class Renew extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(await(queue.worker.renew(List.of(lease)))).isEmpty();
        }
    }

    static final class Begin extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            assertThat(await(queue.worker.begin(lease))).isTrue();
            job.begun = true;
        }
    }

    /** The answer to a claim of one of the jobs was lost: it comes again under its lease, and none of the others does. */
    static final class Recover extends WithActiveJob {
        @Override
        void run(QueueUnderTest queue, ModelJob job, ClaimedJob lease, int choice) {
            List<ClaimedJob> held = queue.model.in(JobState.ACTIVE).stream()
                    .filter(active -> active != job)
                    .map(active -> active.lease)
                    .toList();

            List<ClaimedJob> recovered = await(queue.worker.recover(held));

            assertThat(recovered).containsExactly(lease);
            job.lease = recovered.get(0);
        }
    }

    /** Every lease ends: each active job lines up again, priority by priority, unless it stalled too often. */
    static final class LoseWorkers extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            List<ModelJob> active = new ArrayList<>(queue.model.in(JobState.ACTIVE));
            // A buried one lets the next of its group in before those of higher priority line up again.
            active.sort(Comparator.comparingInt(job -> job.priority));
            int returned = 0;
            for (ModelJob job : active) {
                queue.lostLeases.add(job.lease);
                if (job.begun || job.stalls == 0) {
                    job.stalls++;
                }
                if (job.stalls > queue.harness.policy.attempts().maxStalls()) {
                    queue.model.end(job, JobState.DEAD);
                } else {
                    queue.model.lineUp(job);
                    returned++;
                }
            }

            QueueMaintainer.Rescued rescued = queue.harness.rescueAll();

            assertThat(rescued).isEqualTo(new QueueMaintainer.Rescued(returned, active.size() - returned));
        }
    }

    /** A worker that was cut off comes back and reports: it is refused, whatever it says. */
    static final class EndLostJob extends Operation {
        @Override
        public boolean precondition(QueueUnderTest queue) {
            return !queue.lostLeases.isEmpty();
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            ClaimedJob lost = choose(queue.lostLeases, choice);
            switch (choice % 5) {
                case 0 -> assertThat(queue.harness.finish(queue.worker, lost)).containsExactly(lost);
                case 1 ->
                    assertThat(await(queue.worker.retryLater(lost, SOON, "late")))
                            .isFalse();
                case 2 -> assertThat(await(queue.worker.bury(lost, "late"))).isFalse();
                case 3 ->
                    assertThat(await(queue.worker.handBack(List.of(lost)))).containsExactly(lost);
                default -> assertThat(await(queue.worker.renew(List.of(lost)))).containsExactly(lost);
            }
        }
    }

    static final class Promote extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            List<ModelJob> due = queue.model.due();

            int promoted = queue.harness.promoteAll();

            assertThat(promoted).isEqualTo(due.size());
            due.forEach(queue.model::comeIn);
        }
    }

    static final class Pause extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            await(queue.harness.queue.pause(QueueHarness.QUEUE));
            queue.model.paused = true;
        }
    }

    static final class Resume extends Operation {
        @Override
        void run(QueueUnderTest queue, int choice) {
            await(queue.harness.queue.resume(QueueHarness.QUEUE));
            queue.model.paused = false;
        }
    }

    static final class Find extends Operation {
        @Override
        public boolean precondition(QueueUnderTest queue) {
            return !queue.model.all().isEmpty();
        }

        @Override
        void run(QueueUnderTest queue, int choice) {
            queue.checkJob(choose(queue.model.all(), choice));
        }
    }
}
