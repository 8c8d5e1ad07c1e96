package io.penstock.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.schedule.ClaimedFire;
import io.penstock.common.schedule.TaskDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Turns a claimed instant into the job it stands for, with every check a job from outside would get. */
@ApplicationScoped
public class FireJobs {

    private final JobTypes types;
    private final QueuePolicies policies;
    private final PayloadCodec codec;
    private final ObjectMapper mapper;

    public FireJobs(JobTypes types, QueuePolicies policies, PayloadCodec codec, ObjectMapper mapper) {
        this.types = types;
        this.policies = policies;
        this.codec = codec;
        this.mapper = mapper;
    }

    /**
     * @throws RuntimeException when the definition makes no job: unknown type or queue, bad payload or options. The
     *     message is fit for an operator
     */
    NewJob job(ClaimedFire fire) {
        TaskDefinition definition = fire.definition();
        JobType<?> type = types.named(definition.jobType());
        String queue = definition.queue() == null ? type.queue() : definition.queue();
        if (policies.find(queue).isEmpty()) {
            throw new InvalidJobException("queue", "no queue is named '" + queue + "'");
        }
        return new NewJob(type.name(), queue, payload(definition, type), options(fire), type.timeout());
    }

    private <P> String payload(TaskDefinition definition, JobType<P> type) {
        try {
            return codec.encode(codec.read(mapper.readTree(definition.payload()), type.payloadClass()));
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", "is not JSON: " + e.getOriginalMessage());
        }
    }

    private static JobOptions options(ClaimedFire fire) {
        TaskDefinition definition = fire.definition();
        JobOptions options = JobOptions.DEFAULT.withId(fire.jobId());
        Integer retries = definition.maxRetries();
        if (retries != null) {
            options = options.withAttempts(retries + 1);
        }
        Duration timeout = definition.timeout();
        return timeout == null ? options : options.withTimeout(timeout);
    }
}
