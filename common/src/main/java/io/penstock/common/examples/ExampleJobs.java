package io.penstock.common.examples;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The example job types. {@code penstock.examples.enabled=false} takes them out of a deployment. */
@ApplicationScoped
public class ExampleJobs implements JobTypeSource {

    private static final String QUEUE = "examples";

    /** Reactive: greets. Its payload has changed its form once. */
    public static final JobType<Greet> GREET =
            JobType.of("examples.greet", Greet.class).queue(QUEUE).version(2);
    /** Blocking: digests a text for as many rounds as asked. */
    public static final JobType<Digest> DIGEST =
            JobType.of("examples.digest", Digest.class).queue(QUEUE);
    /** Chunked: counts to a number, a chunk per job. */
    public static final JobType<Count> COUNT =
            JobType.of("examples.count", Count.class).queue(QUEUE);
    /** Cancellable: looks at something again and again until told to stop. */
    public static final JobType<Watch> WATCH =
            JobType.of("examples.watch", Watch.class).queue(QUEUE);

    private final boolean enabled;

    @Inject
    public ExampleJobs(@ConfigProperty(name = "penstock.examples.enabled") boolean enabled) {
        this.enabled = enabled;
    }

    @Override
    public List<JobType<?>> jobTypes() {
        return enabled ? List.of(GREET, DIGEST, COUNT, WATCH) : List.of();
    }
}
