package io.penstock.common.queue;

import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Tells of many jobs with explicit ids at once what became of them, far cheaper than {@link JobQueue#find} for each. */
public interface JobStatuses {

    /**
     * What became of jobs by now.
     *
     * @param jobIds explicit ids of jobs of this queue, at most some thousands
     */
    Uni<Statuses> of(String queue, Collection<String> jobIds);

    /**
     * What became of jobs. An id in neither: the queue has no record of it, or no longer.
     *
     * @param live ids of jobs that have not ended
     * @param ended jobs that have ended, whichever way, by id
     */
    record Statuses(Set<String> live, Map<String, JobView> ended) {}
}
