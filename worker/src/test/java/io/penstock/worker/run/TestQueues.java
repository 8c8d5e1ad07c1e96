package io.penstock.worker.run;

import io.penstock.common.job.JobTypeSource;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueueConfig;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Three queues that weigh 6, 3 and 1, and whatever else a test sets. */
final class TestQueues {

    private final Map<String, String> settings = new HashMap<>();

    TestQueues() {
        set("critical", "weight", 6);
        set("default", "weight", 3);
        set("low", "weight", 1);
        for (String queue : List.of("critical", "default", "low")) {
            set(queue, "concurrency", 100);
        }
    }

    TestQueues set(String queue, String setting, Object value) {
        settings.put("penstock.queue.\"" + queue + "\"." + setting, value.toString());
        return this;
    }

    QueuePolicies policies() {
        QueueConfig config = new SmallRyeConfigBuilder()
                .withMapping(QueueConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(QueueConfig.class);
        return new QueuePolicies(config, new JobTypes(List.<JobTypeSource>of()));
    }

    /** Critical, default, low. */
    List<QueuePolicy> inOrder() {
        QueuePolicies policies = policies();
        return List.of(policies.named("critical"), policies.named("default"), policies.named("low"));
    }
}
