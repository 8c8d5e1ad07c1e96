package io.penstock.common.examples;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The example job types. Off in production, see {@link io.penstock.common.queue.WorkloadConfig}. */
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

    /** Gathered: words that come one by one are noted fifty at once, or after half a minute. */
    public static final JobType<Remark> REMARK =
            JobType.of("examples.remark", Remark.class).queue(QUEUE).gather(50, Duration.ofSeconds(30));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(GREET, DIGEST, COUNT, WATCH, REMARK);
    }
}
