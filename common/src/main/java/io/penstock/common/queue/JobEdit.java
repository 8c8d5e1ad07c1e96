package io.penstock.common.queue;

import io.penstock.common.job.JobOptions;
import java.util.Optional;

/**
 * What is to be different about a job that does not run.
 *
 * @param payload JSON text, checked; empty: as it is
 * @param payloadVersion which form the payload has, see {@link io.penstock.common.job.JobType#version()}; of no meaning
 *     where there is none
 * @param options replace the job's options whole; empty: as they are. Id, uniqueness key and group stay what they were
 *     in any case, because they decided where the job lies; a delay or a start time gives it another time
 * @param requeue make it ready, whatever it waits for; a dead one has all its attempts again
 * @param children what a dead parent that is made ready does about its children
 */
public record JobEdit(
        Optional<String> payload,
        int payloadVersion,
        Optional<JobOptions> options,
        boolean requeue,
        JobAdmin.Children children) {

    /** With a payload of version 1, or none; a parent waits for its children. */
    public JobEdit(Optional<String> payload, Optional<JobOptions> options, boolean requeue) {
        this(payload, 1, options, requeue, JobAdmin.Children.RETRY);
    }
}
