package io.penstock.scheduler;

import io.penstock.common.schedule.TaskExecutionStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Drops what is too old from the execution log, a bounded piece at a time. Safe in every replica at once. */
@ApplicationScoped
public class LogRetention {

    private static final int PIECE = 5_000;
    private static final Logger LOG = Logger.getLogger(LogRetention.class);

    private final TaskExecutionStore executions;
    private final ScheduleClock clock;
    private final Duration retention;

    public LogRetention(TaskExecutionStore executions, ScheduleClock clock, SchedulerConfig config) {
        this.executions = executions;
        this.clock = clock;
        this.retention = config.logRetention();
    }

    /** True where more may be left. */
    Uni<Boolean> runOnce() {
        return clock.now()
                .chain(now -> executions.forget(now.minus(retention), PIECE))
                .invoke(gone -> {
                    if (gone > 0) {
                        LOG.infof("dropped %d log rows older than %d days", gone, retention.toDays());
                    }
                })
                .map(gone -> gone == PIECE);
    }
}
