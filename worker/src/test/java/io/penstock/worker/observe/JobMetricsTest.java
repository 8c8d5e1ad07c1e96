package io.penstock.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.event.JobEvent;
import org.junit.jupiter.api.Test;

class JobMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final JobMetrics metrics = new JobMetrics(registry);

    @Test
    void jobsOfLostWorkersAreCountedByWhatBecameOfThem() {
        metrics.on(new JobEvent.Rescued("orders", 3, 1));
        metrics.on(new JobEvent.Rescued("orders", 1, 0));

        assertThat(rescued("returned")).isEqualTo(4);
        assertThat(rescued("dead")).isEqualTo(1);
    }

    @Test
    void whatIsCountedByQueueAloneBeginsAtZero() {
        metrics.show("orders");

        assertThat(registry.find("penstock.jobs.rescued").counters()).hasSize(2);
        assertThat(registry.get("penstock.jobs.fenced").tag("queue", "orders").counter())
                .extracting(Counter::count)
                .isEqualTo(0.0);
    }

    private double rescued(String result) {
        return registry.get("penstock.jobs.rescued")
                .tags("queue", "orders", "result", result)
                .counter()
                .count();
    }
}
