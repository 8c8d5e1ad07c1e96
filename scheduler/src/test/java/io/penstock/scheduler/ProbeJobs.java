package io.penstock.scheduler;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.Max;
import java.util.List;

/** A job type that only tests have. */
@ApplicationScoped
public class ProbeJobs implements JobTypeSource {

    /** Its payload. */
    @RegisterForReflection
    public record Probe(@Max(100) int number) {}

    static final JobType<Probe> PROBE = JobType.of("test.probe", Probe.class).queue("probe");

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(PROBE);
    }
}
