package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.JobTypeSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much the queues weigh beside one another. */
class ShippedWeightsTest {

    @ParameterizedTest
    @CsvSource({
        "high-priority, 6",
        "orders, 6",
        "full-sync-chunk, 3",
        "product-update, 3",
        "analysis, 3",
        "batch-operations, 3",
        "notification, 1",
        "cleanup, 1",
    })
    void shipsQueuesOfThreeWeights(String queue, int weight) {
        QueueConfig shipped = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(QueueConfig.class)
                .build()
                .getConfigMapping(QueueConfig.class);

        assertThat(policies(shipped).named(queue).slots().weight()).isEqualTo(weight);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_001})
    void refusesAWeightOutOfRange(int weight) {
        QueueConfig config = new SmallRyeConfigBuilder()
                .withMapping(QueueConfig.class)
                .withSources(
                        new PropertiesConfigSource(Map.of("penstock.queue.\"q\".weight", "" + weight), "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(QueueConfig.class);

        assertThatThrownBy(() -> policies(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("queue 'q': weight is " + weight + ", must be at ");
    }

    @Test
    void weighsThreeWhereNothingIsSet() {
        assertThat(QueuePolicy.defaults("q").slots().weight()).isEqualTo(3);
    }

    private static QueuePolicies policies(QueueConfig config) {
        return new QueuePolicies(config, new JobTypes(List.<JobTypeSource>of()));
    }
}
