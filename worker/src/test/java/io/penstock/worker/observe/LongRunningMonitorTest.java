package io.penstock.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.LongRunningJob;
import io.penstock.common.queue.LongRunningJobs;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.run.Worker;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class LongRunningMonitorTest {

    private record Settings(Duration slowAfter, Map<String, LongRunningConfig.Queue> queue)
            implements LongRunningConfig {}

    @Inject
    Worker worker;

    @Inject
    LongRunningJobs jobs;

    @Inject
    JobEnqueuer enqueuer;

    @Inject
    Vertx vertx;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    @Test
    void showsWhatRunsForLongerThanIsUsualInItsQueueAndNothingElse() {
        LongRunningConfig.Queue quick = () -> Duration.ofMillis(50);
        LongRunningMonitor monitor = new LongRunningMonitor(
                worker,
                jobs,
                new Settings(Duration.ofHours(1), Map.of("diagnostics", quick)),
                new SimpleMeterRegistry(),
                vertx);
        String id =
                get(enqueuer.enqueue(DiagnosticsJobs.SLEEP, new Sleep(2_500))).jobId();

        await().untilAsserted(() -> {
            get(monitor.runOnce());
            assertThat(get(jobs.of("diagnostics")))
                    .extracting(LongRunningJob::id)
                    .contains(id);
        });
        assertThat(get(jobs.of("orders"))).isEmpty();

        await().untilAsserted(() -> {
            get(monitor.runOnce());
            assertThat(get(jobs.of("diagnostics")))
                    .extracting(LongRunningJob::id)
                    .doesNotContain(id);
        });
        get(jobs.show("diagnostics", "another", List.of()));
    }
}
