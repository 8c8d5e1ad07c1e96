package io.penstock.common.job;

import java.util.List;

/**
 * A workload's declaration of its job types. Every bean of this kind is found at start; none is named anywhere. A type that
 * it does not list cannot be enqueued.
 */
public interface JobTypeSource extends WorkloadPart {

    List<JobType<?>> jobTypes();
}
