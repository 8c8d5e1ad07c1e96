package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.maintenance.HealthReport.Status;
import io.penstock.common.queue.QueueStatus;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StalledQueueCheckTest {

    @ParameterizedTest
    @CsvSource({
        "3, 960000, 7, false, DOWN",
        "3, 840000, 7, false, UP",
        "3, 960000, 6, false, UP",
        "3, 960000, 7, true, UP",
        "0, 0, 7, false, UP",
        "3, 960000, , false, UP"
    })
    void standsStillWhereJobsWaitForLongAndNoneHasEnded(
            long waiting, long oldestWaitMs, Long finishedBefore, boolean paused, Status expected) {
        QueueStatus queue = new QueueStatus("q", waiting, 1, 0, 5, 2, 0, 0, 0, 0, 0, oldestWaitMs, paused, 0);
        Map<String, Long> before = finishedBefore == null ? Map.of() : Map.of("q", finishedBefore);
        assertThat(new StalledQueueCheck(Duration.ofMinutes(15), before)
                        .judge(queue)
                        .status())
                .isEqualTo(expected);
    }
}
