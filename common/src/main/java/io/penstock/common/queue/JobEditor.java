package io.penstock.common.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Changes accepted jobs with the same care that {@link JobEnqueuer} takes with new ones: the payload has to fit the type
 * of the job before anything is stored.
 */
@ApplicationScoped
public class JobEditor {

    private final JobQueue queue;
    private final JobAdmin jobAdmin;
    private final JobTypes types;
    private final PayloadCodec codec;

    @Inject
    public JobEditor(JobQueue queue, JobAdmin jobAdmin, JobTypes types, PayloadCodec codec) {
        this.queue = queue;
        this.jobAdmin = jobAdmin;
        this.types = types;
        this.codec = codec;
    }

    /**
     * Fails with {@link io.penstock.common.job.InvalidJobException} where payload or options cannot be accepted.
     *
     * @param payload JSON from outside; empty: as it is
     * @param options replace the job's options whole; empty: as they are
     * @param requeue see {@link JobEdit#requeue()}
     * @param children see {@link JobEdit#children()}
     */
    public Uni<JobActionResult> editJson(
            String jobId,
            String version,
            Optional<JsonNode> payload,
            Optional<JobOptions> options,
            boolean requeue,
            JobAdmin.Children children) {
        return queue.find(jobId).chain(found -> {
            if (found.isEmpty()) {
                return Uni.createFrom().item(new JobActionResult.NotFound());
            }
            JobType<?> type = types.named(found.get().type());
            Optional<String> text = payload.map(
                    json -> encoded(type, codec.restored(type, json, found.get().payload())));
            return jobAdmin.edit(
                    jobId,
                    version,
                    new JobEdit(
                            text, type.version(), options.map(given -> withTimeOutOf(type, given)), requeue, children));
        });
    }

    private <P> String encoded(JobType<P> type, JsonNode json) {
        return codec.encode(type, codec.read(json, type.payloadClass()));
    }

    private static JobOptions withTimeOutOf(JobType<?> type, JobOptions options) {
        return options.timeout().isPresent() || type.timeout().isEmpty()
                ? options
                : options.withTimeout(type.timeout().get());
    }
}
