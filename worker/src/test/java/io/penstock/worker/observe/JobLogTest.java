package io.penstock.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.event.JobEvent;
import io.penstock.common.job.FailureKind;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.ClaimedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobLogTest {

    private static final Logger JOBS = Logger.getLogger("io.penstock.jobs");

    /** What the MDC says while a line is written. */
    private static final class Lines extends Handler {

        private final List<String> described = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            described.add("%s %s %s %s"
                    .formatted(MDC.get("jobId"), MDC.get("jobType"), MDC.get("attempt"), MDC.get("queue")));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private final Lines lines = new Lines();
    private final JobLog log = new JobLog();

    @BeforeEach
    void listen() {
        JOBS.addHandler(lines);
    }

    @AfterEach
    void stopListening() {
        JOBS.removeHandler(lines);
        MDC.remove("jobId");
    }

    @Test
    void everyLineSaysWhichJobItIsAbout() {
        log.on(new JobEvent.Died("orders", job("a-1"), Duration.ZERO, "no more attempts", FailureKind.ERROR));
        log.on(new JobEvent.AttemptFailed(
                "orders", job("a-2"), Duration.ZERO, Duration.ofSeconds(1), "it broke", FailureKind.ERROR));
        log.on(new JobEvent.Expired("orders", job("a-3")));
        log.on(new JobEvent.Cancelled("orders", job("a-4"), Duration.ZERO, true));

        assertThat(lines.described)
                .containsExactly(
                        "a-1 test.step 3 orders",
                        "a-2 test.step 3 orders",
                        "a-3 test.step 3 orders",
                        "a-4 test.step 3 orders");
    }

    @Test
    void whatWasSaidBeforeHoldsAgainAfterwards() {
        MDC.put("jobId", "another");

        log.on(new JobEvent.Expired("orders", job("a-1")));

        assertThat(MDC.get("jobId")).isEqualTo("another");
        assertThat(MDC.get("jobType")).isNull();
        assertThat(MDC.get("attempt")).isNull();
        assertThat(MDC.get("queue")).isNull();
    }

    private static ClaimedJob job(String id) {
        return new ClaimedJob(
                new ClaimedJob.Lease() {},
                id,
                "test.step",
                0,
                2,
                5,
                0,
                Duration.ofMinutes(1),
                RetryPolicy.fixed(Duration.ofSeconds(1)),
                "{}",
                Instant.EPOCH,
                Instant.EPOCH,
                JobLabels.NONE,
                null,
                1);
    }
}
