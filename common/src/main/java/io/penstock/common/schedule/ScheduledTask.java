package io.penstock.common.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as the table has it.
 *
 * @param active the operator's switch
 * @param suspended switched off by the deployment's configuration
 * @param nextRun null while it is off, unusable or not planned yet
 * @param definitionError why the definition cannot be used as it stands, else null
 * @param declared ships with the code
 * @param overridden ships with the code and was changed by an operator
 * @param declaration of an overridden one what the code declares, else null
 * @param version grows with every change of the definition or a switch
 */
public record ScheduledTask(
        String id,
        TaskDefinition definition,
        boolean active,
        boolean suspended,
        @Nullable Instant lastRun,
        @Nullable Instant nextRun,
        long executionCount,
        long failureCount,
        @Nullable String definitionError,
        boolean declared,
        boolean overridden,
        @Nullable TaskDefinition declaration,
        long version,
        Instant createdAt,
        Instant updatedAt) {}
