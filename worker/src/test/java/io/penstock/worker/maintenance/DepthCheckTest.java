package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueStatus;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthCheckTest {

    @ParameterizedTest
    @CsvSource({
        "1000, 100, ''",
        "1001, 0, 'queue/q/waiting wrong, queue/q/failed well'",
        "900, 90, 'queue/q/waiting well, queue/q/failed well'",
        "901, 91, ''",
        "0, 101, 'queue/q/waiting well, queue/q/failed wrong'"
    })
    void saysWhatIsTooFull(long waiting, long dead, String expected) {
        assertThat(String.join(", ", findings(Map.of(), waiting, dead))).isEqualTo(expected);
    }

    @Test
    void aQueueMayHaveBoundsOfItsOwn() {
        Map<String, String> own = Map.of("penstock.maintenance.queue-monitor.queue.\"q\".max-waiting", "5");
        assertThat(findings(own, 6, 101)).containsExactly("queue/q/waiting wrong", "queue/q/failed wrong");
    }

    private static List<String> findings(Map<String, String> properties, long waiting, long dead) {
        MaintenanceConfig config = new SmallRyeConfigBuilder()
                .withMapping(MaintenanceConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(MaintenanceConfig.class);
        return new DepthCheck(config.queueMonitor(), "q")
                .of(new QueueStatus("q", waiting, 0, 0, 0, 0, dead, 0, 0, 0, 0, 0, false, 0))
                .map(finding -> finding.subject() + (finding.wrong() ? " wrong" : " well"))
                .toList();
    }
}
