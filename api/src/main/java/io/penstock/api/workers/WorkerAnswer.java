package io.penstock.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One worker process. */
@RegisterForReflection
@Schema(name = "Worker")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerAnswer(
        String id,
        String host,
        String address,
        long pid,
        String version,
        @Schema(
                        description = "quiet: it claims nothing more; lost: it has said nothing for 10 s",
                        enumeration = {"running", "quiet", "stopping", "lost"})
                String state,
        @Schema(
                        description = "An order that it has not taken up yet",
                        enumeration = {"quiet", "resume", "stop"})
                @Nullable
                String order,
        Instant startedAt,
        Instant lastHeartbeat,
        long heartbeatAgeMs,
        Memory memory,
        @Schema(description = "How far its clock is ahead of Redis's") long clockOffMs,
        Slots slots,
        List<Queue> queues,
        @Schema(description = "Job types that it has a handler for") List<String> types,
        @Schema(description = "Jobs that handlers work on, the longest first, at most 100") List<Job> running,
        @Schema(description = "How many more it runs") int runningMore) {

    /** The heap of the process. */
    @RegisterForReflection
    @Schema(name = "WorkerMemory")
    public record Memory(long usedBytes, long maxBytes) {}

    /** Jobs that run at once. */
    @RegisterForReflection
    @Schema(name = "WorkerSlots")
    public record Slots(int used, int total) {}

    /** A queue that the process serves. */
    @RegisterForReflection
    @Schema(name = "WorkerQueue")
    public record Queue(String queue, int slots, int running) {}

    /** A job that the process runs, as of its latest heartbeat. */
    @RegisterForReflection
    @Schema(name = "WorkerJob")
    public record Job(
            String id,
            String type,
            String queue,
            int attempt,
            Instant startedAt,
            long runsForMs,
            long timeoutMs,
            @Schema(description = "Not more than 0: another worker may have it by now") long leaseLeftMs) {}

    /** All processes. */
    @RegisterForReflection
    @Schema(name = "Workers")
    public record All(
            @Schema(description = "Those heard of latest first, at most 500; lost ones for an hour")
                    List<WorkerAnswer> workers,
            Totals totals,
            @Schema(description = "All queues, and who serves them") List<Served> serves,
            Instant at) {}

    /** Of those that live. */
    @RegisterForReflection
    @Schema(name = "WorkerTotals")
    public record Totals(int alive, int lost, Slots slots) {}

    /** A queue and those that serve it. */
    @RegisterForReflection
    @Schema(name = "ServedQueue")
    public record Served(
            String queue,
            @Schema(description = "Of processes that live and are not quiet") int slots,
            @Schema(description = "Such processes") int workers) {}

    static WorkerAnswer of(LiveWorker worker, Instant now) {
        WorkerProfile profile = worker.profile();
        WorkerState state = worker.state();
        return new WorkerAnswer(
                worker.id(),
                profile.host(),
                profile.address(),
                profile.pid(),
                profile.version(),
                worker.isLost() ? "lost" : state.activity(),
                worker.pendingOrder().map(WorkerOrder::text).orElse(null),
                profile.startedAt(),
                worker.seenAt(),
                worker.silence().toMillis(),
                new Memory(state.usedBytes(), state.maxBytes()),
                state.clockOffMs(),
                new Slots(state.runningJobs(), profile.slots()),
                profile.queues().stream()
                        .map(queue -> new Queue(queue.queue(), queue.slots(), state.runningJobs(queue.queue())))
                        .toList(),
                profile.types(),
                state.jobs().stream().map(job -> job(job, worker, now)).toList(),
                Math.max(0, state.runningJobs() - state.jobs().size()));
    }

    /** Times are the worker's own; what has passed since its heartbeat is added by the clock of Redis. */
    private static Job job(WorkerState.Job job, LiveWorker worker, Instant now) {
        Instant startedAt =
                Instant.ofEpochMilli(job.startedMs() - worker.state().clockOffMs());
        return new Job(
                job.id(),
                job.type(),
                job.queue(),
                job.attempt(),
                startedAt,
                Math.max(0, now.toEpochMilli() - startedAt.toEpochMilli()),
                job.timeoutMs(),
                job.leaseLeftMs() - worker.silence().toMillis());
    }

    static All all(List<LiveWorker> workers, Collection<String> queues, Instant now) {
        List<LiveWorker> alive =
                workers.stream().filter(worker -> !worker.isLost()).toList();
        int used =
                alive.stream().mapToInt(worker -> worker.state().runningJobs()).sum();
        int total = alive.stream().mapToInt(worker -> worker.profile().slots()).sum();
        return new All(
                workers.stream().map(worker -> of(worker, now)).toList(),
                new Totals(alive.size(), workers.size() - alive.size(), new Slots(used, total)),
                queues.stream().sorted().map(queue -> served(queue, workers)).toList(),
                now);
    }

    private static Served served(String queue, List<LiveWorker> workers) {
        List<LiveWorker> serving = workers.stream()
                .filter(LiveWorker::isTaking)
                .filter(worker -> worker.profile().serves(queue))
                .toList();
        int slots = serving.stream()
                .flatMap(worker -> worker.profile().queues().stream())
                .filter(one -> one.queue().equals(queue))
                .mapToInt(WorkerProfile.Queue::slots)
                .sum();
        return new Served(queue, slots, serving.size());
    }
}
