package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds one job, wherever it is: in a ready stream, among those that wait, dead, or in a retained record. */
final class JobLookup {

    /** Of an id that does not say where its job is. */
    static final JobId.Place NOWHERE = new JobId.Place("", 0, -1, "");

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final RetainedRecords retained;
    private final Duration deadline;

    JobLookup(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.retained = new RetainedRecords(link, deadline);
        this.deadline = deadline;
    }

    Uni<Optional<JobView>> find(String jobId) {
        return RedisResults.uni(() -> {
            Optional<JobId.Place> place = JobId.place(jobId);
            if (place.isEmpty()) {
                return findAnywhere(jobId);
            }
            JobId.Place at = place.get();
            Optional<QueuePolicy> policy = policies.find(at.queue());
            boolean exists = policy.isPresent()
                    && at.partition() < policy.get().partitions()
                    && at.stream()
                            < streams.of(policy.get(), at.partition()).keys().size();
            return exists ? findIn(policy.get(), at.partition(), jobId, at) : Future.succeededFuture(Optional.empty());
        });
    }

    /** An explicit id does not tell its queue. There are few queues, so all are asked at once. */
    private Future<Optional<JobView>> findAnywhere(String jobId) {
        List<Future<Optional<JobView>>> calls = new ArrayList<>();
        for (QueuePolicy policy : policies.all()) {
            calls.add(findIn(policy, JobId.partitionOf(jobId, policy.partitions()), jobId, NOWHERE));
        }
        return Future.all(calls).map(done -> calls.stream()
                .map(Future::result)
                .flatMap(Optional::stream)
                .findFirst());
    }

    private Future<Optional<JobView>> findIn(QueuePolicy policy, int partition, String jobId, JobId.Place place) {
        return look(link, streams.of(policy, partition), jobId, place, deadline)
                .compose(reply -> reply.size() > 0
                        ? Future.succeededFuture(Optional.of(liveView(policy, jobId, reply)))
                        : retained.find(policy, partition, List.of(jobId))
                                .map(found -> Optional.ofNullable(found.get(jobId))));
    }

    /** Asks one partition for a job that has not completed; what comes back is told by find-job. */
    static Future<Response> look(
            RedisRouter link, Streams streams, String jobId, JobId.Place place, Duration deadline) {
        String queue = streams.queue();
        int partition = streams.partition();
        List<String> keys = streams.keysAfter(
                RedisKeys.jobs(queue, partition),
                RedisKeys.scheduled(queue, partition),
                RedisKeys.dead(queue, partition));
        keys.add(RedisKeys.cancels(queue, partition));
        List<Object> args = List.of(Scripts.GROUP, jobId, place.stream() < 0 ? "" : place.stream(), place.entry());
        return link.run(Scripts.FIND_JOB, keys, args, deadline);
    }

    private static JobView liveView(QueuePolicy policy, String jobId, Response reply) {
        String state = reply.get(0).toString();
        JobHeader header = JobHeader.parse(reply.get(2).toString());
        String at = reply.get(5).toString();
        Instant time = at.isEmpty() ? null : Instant.ofEpochMilli((long) Double.parseDouble(at));
        String entry = reply.get(6).toString();
        String reason = Reason.fromLine(reply.get(4).toString());
        String worker = reply.get(7).toString();
        boolean dead = state.equals("d");
        return live(policy, jobId, state, header, entry, reply.get(1).toInteger())
                .payload(reply.get(3).toString())
                .dueAt(dead ? null : time)
                .finishedAt(dead ? time : null)
                .error(reason.isEmpty() ? null : reason)
                .worker(worker.isEmpty() ? null : worker)
                .version(reply.get(8).toString())
                .cancellation(cancellation(reply.get(9).toString()))
                .build();
    }

    /**
     * A live job with what its header tells.
     *
     * @param entry the id of its stream entry; empty where it is in no stream
     * @param stream the number of its stream
     */
    static JobView.Builder live(
            QueuePolicy policy, String jobId, String state, JobHeader header, String entry, int stream) {
        int failed = header.failedAttempts();
        Instant enqueuedAt = enqueuedAt(header, entry);
        return JobView.builder(jobId, header.type(), policy.queue(), stateOf(state))
                .priority(Streams.priority(stream))
                .attempts(state.equals("a") ? failed + 1 : failed)
                .maxAttempts(
                        header.maxAttempts() > 0
                                ? header.maxAttempts()
                                : policy.attempts().max())
                .stalls(header.stalls())
                .failureKind(header.failureKind())
                .enqueuedAt(enqueuedAt)
                .labels(header.extras().labels())
                .related(header.extras().related())
                .trace(header.extras().trace())
                .expiresAt(enqueuedAt == null ? null : header.extras().expiryOf(enqueuedAt));
    }

    private static @Nullable Cancellation cancellation(String requestedAtMs) {
        return requestedAtMs.isEmpty()
                ? null
                : new Cancellation(Instant.ofEpochMilli(Long.parseLong(requestedAtMs)), Cancellation.Status.REQUESTED);
    }

    static JobState stateOf(String letter) {
        return switch (letter) {
            case "s", "h" -> JobState.SCHEDULED;
            case "f" -> JobState.RETRYING;
            case "d" -> JobState.DEAD;
            case "w", "g" -> JobState.WAITING;
            case "p" -> JobState.AWAITING_CHILDREN;
            case "a" -> JobState.ACTIVE;
            case "k" -> JobState.CANCELLED;
            default -> throw new UnreadableJobException("job record of an unknown state '" + letter + "'");
        };
    }

    static @Nullable Instant enqueuedAt(JobHeader header, String entry) {
        if (header.enqueuedAtMs() > 0) {
            return Instant.ofEpochMilli(header.enqueuedAtMs());
        }
        return entry.isEmpty() ? null : Entries.timeOf(entry);
    }
}
