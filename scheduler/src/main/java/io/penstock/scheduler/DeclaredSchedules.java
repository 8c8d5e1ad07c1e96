package io.penstock.scheduler;

import io.penstock.common.queue.WorkloadConfig;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the workloads of this deployment declare. Fails at start on two schedules with one id. */
@ApplicationScoped
public class DeclaredSchedules {

    private final List<DeclaredSchedule> schedules;
    private final Set<String> switchedOff;

    @Inject
    public DeclaredSchedules(
            @Any Instance<ScheduleSource> sources, ScheduleSwitches switches, WorkloadConfig workloads) {
        this(sources, switches.off(), workloads.off());
    }

    DeclaredSchedules(Iterable<ScheduleSource> sources, Set<String> switchedOff, Set<String> workloadsOff) {
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
                }
            }
        }
        this.schedules = List.copyOf(collected);
        this.switchedOff = Set.copyOf(off);
    }

    List<DeclaredSchedule> all() {
        return schedules;
    }

    /** Ids that the deployment's configuration switches off, one by one or with their workload. */
    Set<String> switchedOff() {
        return switchedOff;
    }
}
