package io.penstock.common.job;

import java.util.List;

/** A workload's declaration of its job types. Every bean of this kind is found at start; none is named anywhere. */
public interface JobTypeSource {

    List<JobType<?>> jobTypes();
}
