package io.penstock.scheduler;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobStatuses.Statuses;
import io.penstock.common.queue.JobView;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks what became of the jobs of runs: queue by queue, and in every queue for jobs whose queue is not known. */
@ApplicationScoped
public class RunStatuses {

    private static final int LOOK_UPS_AT_ONCE = 16;
    private static final int QUEUES_AT_ONCE = 4;

    /** A job and where it was enqueued, where that is known. */
    record RunJob(String jobId, @Nullable String queue) {}

    private final JobStatuses statuses;
    private final JobQueue queue;

    public RunStatuses(JobStatuses statuses, JobQueue queue) {
        this.statuses = statuses;
        this.queue = queue;
    }

    /** Fails where one of the queues cannot be asked. */
    Uni<Statuses> of(List<RunJob> jobs) {
        Map<String, List<String>> byQueue = new HashMap<>();
        List<String> anywhere = new ArrayList<>();
        for (RunJob job : jobs) {
            if (job.queue() == null) {
                anywhere.add(job.jobId());
            } else {
                byQueue.computeIfAbsent(job.queue(), name -> new ArrayList<>()).add(job.jobId());
            }
        }
        return Multi.createFrom()
                .iterable(byQueue.entrySet())
                .onItem()
                .transformToUni(entry -> statuses.of(entry.getKey(), entry.getValue()))
                .merge(QUEUES_AT_ONCE)
                .collect()
                .asList()
                .chain(known -> lookUp(anywhere).map(found -> joined(known, found)));
    }

    /**
     * The same, but jobs of queues that cannot be asked now count as live, so that they hold up nobody else's. Fails where
     * none can be asked.
     */
    Uni<Statuses> ofReachable(List<RunJob> jobs) {
        Map<Optional<String>, List<RunJob>> byQueue =
                jobs.stream().collect(Collectors.groupingBy(job -> Optional.ofNullable(job.queue())));
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        return Multi.createFrom()
                .iterable(byQueue.values())
                .onItem()
                .transformToUni(some -> of(some).onFailure().recoverWithItem(failure -> {
                    failures.add(failure);
                    return new Statuses(some.stream().map(RunJob::jobId).collect(Collectors.toSet()), Map.of());
                }))
                .merge(QUEUES_AT_ONCE)
                .collect()
                .asList()
                .map(known -> {
                    if (!byQueue.isEmpty() && failures.size() == byQueue.size()) {
                        throw new CompletionException(failures.get(0));
                    }
                    return joined(known, List.of());
                });
    }

    private Uni<List<JobView>> lookUp(List<String> jobIds) {
        return Multi.createFrom()
                .iterable(jobIds)
                .onItem()
                .transformToUni(queue::find)
                .merge(LOOK_UPS_AT_ONCE)
                .flatMap(found -> Multi.createFrom().optional(found))
                .collect()
                .asList();
    }

    private static Statuses joined(List<Statuses> known, List<JobView> found) {
        Set<String> live = new HashSet<>();
        Map<String, JobView> ended = new HashMap<>();
        for (Statuses statuses : known) {
            live.addAll(statuses.live());
            ended.putAll(statuses.ended());
        }
        for (JobView job : found) {
            if (job.state().hasEnded()) {
                ended.put(job.id(), job);
            } else {
                live.add(job.id());
            }
        }
        return new Statuses(live, ended);
    }
}
