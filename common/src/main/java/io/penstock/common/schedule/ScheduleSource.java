package io.penstock.common.schedule;

import io.penstock.common.job.WorkloadPart;
import java.util.List;

/** A workload's declaration of its schedules. Every bean of this kind is found at start; none is named anywhere. */
public interface ScheduleSource extends WorkloadPart {

    List<DeclaredSchedule> schedules();
}
