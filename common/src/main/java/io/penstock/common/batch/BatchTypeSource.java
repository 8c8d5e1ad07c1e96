package io.penstock.common.batch;

import io.penstock.common.job.WorkloadPart;
import java.util.List;

/** A workload's declaration of its batch types. Every bean of this kind is found at start; none is named anywhere. */
public interface BatchTypeSource extends WorkloadPart {

    List<BatchType<?>> batchTypes();
}
