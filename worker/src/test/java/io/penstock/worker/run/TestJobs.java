package io.penstock.worker.run;

import io.penstock.common.job.JobLabels;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.ClaimedJob;
import java.time.Duration;
import java.time.Instant;

/** Claimed jobs that no queue knows of, with three attempts. */
final class TestJobs {

    private TestJobs() {}

    static ClaimedJob claimed(String id) {
        return claimed(id, 0);
    }

    static ClaimedJob claimed(String id, int failedAttempts) {
        RetryPolicy exponential =
                new RetryPolicy(RetryPolicy.Kind.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofMinutes(1), 0);
        return new ClaimedJob(
                new ClaimedJob.Lease() {},
                id,
                "test.work",
                0,
                failedAttempts,
                3,
                0,
                Duration.ofMinutes(1),
                exponential,
                "{}",
                Instant.EPOCH,
                Instant.EPOCH,
                JobLabels.NONE,
                null,
                1);
    }
}
