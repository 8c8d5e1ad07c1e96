package io.penstock.common.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.trace.TraceParent;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Turns schedules into jobs, with every check a job from outside would get. */
@ApplicationScoped
public class ScheduledJobs {

    private final JobTypes types;
    private final QueuePolicies policies;
    private final PayloadCodec codec;
    private final ObjectMapper mapper;

    public ScheduledJobs(JobTypes types, QueuePolicies policies, PayloadCodec codec, ObjectMapper mapper) {
        this.types = types;
        this.policies = policies;
        this.codec = codec;
        this.mapper = mapper;
    }

    /**
     * The job that a claimed instant stands for.
     *
     * @throws UnknownJobTypeException when the deployment has no such type
     * @throws InvalidJobException when queue, payload or options are wrong
     * @throws PayloadTooLargeException when the payload is over the limit
     */
    public NewJob job(ClaimedFire fire) {
        return job(fire.definition(), JobOptions.DEFAULT.withId(fire.jobId()));
    }

    /** The queue that the jobs of a definition go to; empty where its job type is unknown and it names none. */
    public Optional<String> queueOf(TaskDefinition definition) {
        String queue = definition.queue();
        try {
            return Optional.of(
                    queue != null ? queue : types.named(definition.jobType()).queue());
        } catch (UnknownJobTypeException e) {
            return Optional.empty();
        }
    }

    /** Refuses a definition that makes no job, as {@link #job} would. */
    public void check(TaskDefinition definition) {
        job(definition, JobOptions.DEFAULT);
    }

    private NewJob job(TaskDefinition definition, JobOptions options) {
        JobType<?> type = types.named(definition.jobType());
        String queue = definition.queue() == null ? type.queue() : definition.queue();
        if (policies.find(queue).isEmpty()) {
            throw new InvalidJobException("queue", "no queue is named '" + queue + "'");
        }
        return NewJob.alone(type, payload(definition, type), completed(options, definition))
                .inQueue(queue)
                .tracedBy(TraceParent.current());
    }

    private <P> String payload(TaskDefinition definition, JobType<P> type) {
        try {
            return codec.encode(type, codec.read(mapper.readTree(definition.payload()), type.payloadClass()));
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", "is not JSON: " + e.getOriginalMessage());
        }
    }

    private static JobOptions completed(JobOptions options, TaskDefinition definition) {
        Integer retries = definition.maxRetries();
        JobOptions withAttempts = retries == null ? options : options.withAttempts(retries + 1);
        Duration timeout = definition.timeout();
        return timeout == null ? withAttempts : withAttempts.withTimeout(timeout);
    }
}
