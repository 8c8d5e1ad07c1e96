package io.penstock.scheduler;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.queue.WorkloadConfig;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduleSource;
import io.penstock.common.schedule.ScheduledJobs;
import io.penstock.common.schedule.TaskDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What the workloads of this deployment declare. Fails at start on two schedules with one id, and on one that makes no job. */
@ApplicationScoped
public class DeclaredSchedules {

    private final List<DeclaredSchedule> schedules;
    private final Set<String> switchedOff;

    @Inject
    public DeclaredSchedules(
            @Any Instance<ScheduleSource> sources,
            ScheduleSwitches switches,
            WorkloadConfig workloads,
            ScheduledJobs jobs) {
        this(sources, switches.off(), workloads.off(), jobs::check);
    }

    /** @param check fails for a definition that makes no job; not asked of workloads that are switched off */
    DeclaredSchedules(
            Iterable<ScheduleSource> sources,
            Set<String> switchedOff,
            Set<String> workloadsOff,
            Consumer<TaskDefinition> check) {
        List<DeclaredSchedule> collected = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Set<String> off = new HashSet<>(switchedOff);
        for (ScheduleSource source : sources) {
            for (DeclaredSchedule schedule : source.schedules()) {
                if (!ids.add(schedule.id())) {
                    throw new IllegalStateException("two schedules are declared as '" + schedule.id() + "'");
                }
                collected.add(schedule);
                if (workloadsOff.contains(source.workload())) {
                    off.add(schedule.id());
                } else {
                    check(schedule, source, check);
                }
            }
        }
        this.schedules = List.copyOf(collected);
        this.switchedOff = Set.copyOf(off);
    }

    private static void check(DeclaredSchedule schedule, ScheduleSource source, Consumer<TaskDefinition> check) {
        try {
            check.accept(schedule.definition());
        } catch (UnknownJobTypeException | InvalidJobException | PayloadTooLargeException e) {
            throw new IllegalStateException(
                    "the schedule '" + schedule.id() + "' of the workload '" + source.workload() + "' makes no job: "
                            + e.getMessage(),
                    e);
        }
    }

    List<DeclaredSchedule> all() {
        return schedules;
    }

    /** Ids that the deployment's configuration switches off, one by one or with their workload. */
    Set<String> switchedOff() {
        return switchedOff;
    }
}
