package io.penstock.worker.maintenance;

import io.penstock.common.retention.OldData;
import io.penstock.common.schedule.TaskExecutionStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;

/** Runs of schedules. */
@ApplicationScoped
class OldExecutionLogs implements OldData {

    private final TaskExecutionStore executions;

    @Inject
    OldExecutionLogs(TaskExecutionStore executions) {
        this.executions = executions;
    }

    @Override
    public String name() {
        return "execution-logs";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        return executions.forget(before, most);
    }
}
