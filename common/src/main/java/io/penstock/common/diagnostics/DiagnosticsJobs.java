package io.penstock.common.diagnostics;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The diagnostic job types. {@code penstock.diagnostics.enabled=false} takes them out of a deployment. */
@ApplicationScoped
public class DiagnosticsJobs implements JobTypeSource {

    private static final String QUEUE = "diagnostics";

    /** Ends at once. */
    public static final JobType<Ping> PING =
            JobType.of("diagnostics.ping", Ping.class).queue(QUEUE);
    /** Takes its time. */
    public static final JobType<Sleep> SLEEP =
            JobType.of("diagnostics.sleep", Sleep.class).queue(QUEUE);
    /** Fails so many times before it succeeds, or for good. */
    public static final JobType<Fail> FAIL =
            JobType.of("diagnostics.fail", Fail.class).queue(QUEUE);

    private final boolean enabled;

    @Inject
    public DiagnosticsJobs(@ConfigProperty(name = "penstock.diagnostics.enabled") boolean enabled) {
        this.enabled = enabled;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return enabled ? List.of(PING, SLEEP, FAIL) : List.of();
    }
}
