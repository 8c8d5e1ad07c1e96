package io.penstock.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.schedule.InvalidScheduleException;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.TaskDefinition;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A whole definition as it is written in JSON. */
@RegisterForReflection
@Schema(name = "TaskRequest")
public record TaskRequest(
        @Schema(
                        description = "1 to 64 lower case letters, digits and '-'; only when creating",
                        examples = "nightly-report")
                @Nullable
                String id,
        @Nullable String name,
        @Nullable String description,
        @Schema(
                        description =
                                "5 fields, 6 fields (seconds first), or a shorthand such as @daily 09:00 or @every 90s",
                        examples = "0 9 * * MON-FRI")
                @Nullable
                String cronExpression,
        @Schema(description = "Default Asia/Taipei", examples = "Europe/Berlin") @Nullable String timeZone,
        @Schema(description = "Name of the job type to enqueue", examples = "diagnostics.ping") @Nullable
                String jobType,
        @Schema(
                        type = SchemaType.OBJECT,
                        implementation = Object.class,
                        description = "The payload of each job; absent: an object without fields")
                @Nullable
                JsonNode payload,
        @Schema(description = "Absent: the queue of the job type") @Nullable String queue,
        @Schema(description = "0 to 99; absent: as the queue has it") @Nullable Integer maxRetries,
        @Schema(description = "How long one attempt may run, in ms; absent: as the job type or the queue has it")
                @Nullable
                Long timeout,
        @Schema(description = "What happens after an outage: fire_once (default), fire_all, skip") @Nullable
                String misfirePolicy,
        @Schema(description = "While the previous run is unfinished: allow (default), skip, queue") @Nullable
                String overlapPolicy,
        @Schema(description = "Default true; only when creating") @Nullable Boolean isActive,
        @Schema(description = "Refuse the change if the schedule has another version by now; only when changing")
                @Nullable
                Long version) {

    private static final String DEFAULT_ZONE = "Asia/Taipei";

    /** Fails with {@link InvalidScheduleException}. */
    TaskDefinition definition() {
        return new TaskDefinition(
                        required("name", name),
                        description == null ? "" : description,
                        required("cronExpression", cronExpression),
                        timeZone == null ? DEFAULT_ZONE : timeZone,
                        required("jobType", jobType),
                        payload == null || payload.isNull() ? "{}" : payload.toString(),
                        queue,
                        maxRetries,
                        timeout == null ? null : Duration.ofMillis(timeout),
                        misfirePolicy == null ? MisfirePolicy.FIRE_ONCE : MisfirePolicy.ofCode(misfirePolicy),
                        overlapPolicy == null ? OverlapPolicy.ALLOW : OverlapPolicy.ofCode(overlapPolicy))
                .checked();
    }

    static String required(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new InvalidScheduleException(field, 0, "is missing");
        }
        return value;
    }
}
