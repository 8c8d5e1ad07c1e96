package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.testing.ClusterResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole worker process on a Redis Cluster of three masters, which it knows of by configuration alone. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ClusterResource.class)
class WorkerInAClusterTest {

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobQueue queue;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private void awaitCompletion(List<String> ids) {
        await().atMost(Duration.ofSeconds(30)).until(() -> ids.stream().allMatch(id -> get(queue.find(id))
                .map(JobView::state)
                .filter(JobState.COMPLETED::equals)
                .isPresent()));
    }

    @Test
    void runsTheJobsOfEveryPartition() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(get(jobs.enqueue(DiagnosticsJobs.PING, new Ping())).jobId());
        }

        assertThat(ids).extracting(id -> id.split("~")[1]).contains("0", "1", "2");
        awaitCompletion(ids);
    }

    @Test
    void retriesAndPromotes() {
        JobOptions quickRetry = JobOptions.DEFAULT.withRetry(RetryPolicy.fixed(Duration.ofMillis(20)));
        Enqueued job = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(1, false), quickRetry));

        awaitCompletion(List.of(job.jobId()));
    }
}
