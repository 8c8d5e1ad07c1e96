package io.penstock.api.queues;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.penstock.common.queue.LongRunningJob;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.report.QueuePeriod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A queue at a glance, with what it did lately. */
@RegisterForReflection
@Schema(name = "QueueDetails")
public record QueueDetails(
        @JsonUnwrapped QueueStatus status,
        @Schema(
                        description =
                                "What the queue monitor has measured in the last hour; null: nothing, or PostgreSQL does not answer")
                @Nullable
                LastHour lastHour,
        @Schema(description = "Jobs that have run for longer than is usual here, the oldest first")
                List<LongRunningJob> slowJobs,
        LimitsAnswer limits) {

    /** What was done in the last hour. */
    @RegisterForReflection
    @Schema(name = "QueueLastHour")
    public record LastHour(
            @Schema(description = "Seconds between the first and the last measurement") long seconds,
            long completed,
            @Schema(description = "Attempts that failed") long failed,
            double completedPerMinute,
            long mostWaiting,
            double meanWaiting) {

        static LastHour of(QueuePeriod period) {
            return new LastHour(
                    period.seconds(),
                    period.completed(),
                    period.failed(),
                    period.completedPerMinute(),
                    period.mostWaiting(),
                    period.meanWaiting());
        }
    }
}
