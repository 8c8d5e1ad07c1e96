package io.penstock.common.operations;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.PayloadUpgrade;
import jakarta.enterprise.context.ApplicationScoped;

/** Jobs of operations that were begun before they were batches look the same; {@link EarlierBulkOperations} knows what they mean. */
@ApplicationScoped
public class BulkJobUpgrade implements PayloadUpgrade {

    @Override
    public JobType<?> type() {
        return OperationsJobs.BULK;
    }

    @Override
    public JsonNode upgrade(int fromVersion, JsonNode payload) {
        return payload;
    }
}
