package io.penstock.api.queues;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.LongRunningJobs;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.report.QueuePeriod;
import io.penstock.common.report.QueueSamples;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Adds to the status of a queue what it did in the last hour which of its jobs are slow, and its limits. */
@ApplicationScoped
class QueueInsight {

    /** And a minute, so that the first of the hour's measurements has one before it. */
    private static final Duration TIME = Duration.ofMinutes(61);

    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final JobQueue queue;
    private final QueueSamples samples;
    private final LongRunningJobs slow;
    private final QueuePolicies policies;
    private final InstantSource clock = InstantSource.system();

    @Inject
    QueueInsight(JobQueue queue, QueueSamples samples, LongRunningJobs slow, QueuePolicies policies) {
        this.queue = queue;
        this.samples = samples;
        this.slow = slow;
        this.policies = policies;
    }

    Uni<QueueDetails> of(String name) {
        return Uni.combine()
                .all()
                .unis(queue.status(name), lastHour(name), slow.of(name))
                .with((status, period, jobs) -> new QueueDetails(
                        status, period.map(QueueDetails.LastHour::of).orElse(null), jobs, limits(name)));
    }

    private LimitsAnswer limits(String name) {
        QueuePolicy configured = policies.configured(name);
        return LimitsAnswer.of(configured, policies.inForce(configured), policies.override(name));
    }

    /** The queue is looked at while PostgreSQL is away, too. */
    private Uni<Optional<QueuePeriod>> lastHour(String name) {
        Instant now = clock.instant();
        return samples.between(now.minus(TIME), now.plus(CLOCKS_DIFFER), name)
                .ifNoItem()
                .after(LONGEST)
                .fail()
                .onFailure()
                .recoverWithItem(Optional.empty());
    }
}
