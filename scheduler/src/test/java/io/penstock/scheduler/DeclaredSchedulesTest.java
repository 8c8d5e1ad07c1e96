package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduleSource;
import io.penstock.common.schedule.TaskDefinition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeclaredSchedulesTest {

    private static final DeclaredSchedule NIGHTLY =
            DeclaredSchedule.of("nightly", "Nightly", "Every night", "0 3 * * *", "UTC", "no.such", "{}");

    private final ScheduleSource source = () -> List.of(NIGHTLY);

    private static void refuse(TaskDefinition definition) {
        throw new UnknownJobTypeException(definition.jobType());
    }

    @Test
    void aScheduleOfAnUnknownTypeStopsTheStart() {
        assertThatThrownBy(
                        () -> new DeclaredSchedules(List.of(source), Set.of(), Set.of(), DeclaredSchedulesTest::refuse))
                .hasMessage(
                        "the schedule 'nightly' of the workload 'scheduler' makes no job: unknown job type 'no.such'");
    }

    @Test
    void thoseOfAWorkloadThatIsSwitchedOffAreNotAsked() {
        DeclaredSchedules declared =
                new DeclaredSchedules(List.of(source), Set.of(), Set.of("scheduler"), DeclaredSchedulesTest::refuse);

        assertThat(declared.switchedOff()).containsExactly("nightly");
    }

    @Test
    void twoOfOneNameStopTheStart() {
        assertThatThrownBy(() -> new DeclaredSchedules(List.of(source, source), Set.of(), Set.of(), any -> {}))
                .hasMessage("two schedules are declared as 'nightly'");
    }
}
