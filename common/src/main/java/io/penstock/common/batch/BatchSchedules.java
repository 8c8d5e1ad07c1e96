package io.penstock.common.batch;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** When somebody looks after batches. */
@ApplicationScoped
public class BatchSchedules implements ScheduleSource {

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(DeclaredSchedule.of(
                        "batch-keeper",
                        "Batch keeper",
                        "Starts runners of batches again whose jobs are gone, and forgets batches that ended long ago.",
                        "* * * * *",
                        "UTC",
                        BatchJobs.KEEP.name(),
                        "{}")
                .misfire(MisfirePolicy.SKIP)
                .overlap(OverlapPolicy.SKIP));
    }

    @Override
    public String workload() {
        return PLATFORM;
    }
}
