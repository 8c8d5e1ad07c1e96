package io.penstock.common.schedule;

import java.time.Duration;

/**
 * A schedule that ships with the code. An operator may change it at run time; the change then outlives the next
 * release, until it is reset.
 *
 * @param id lower case letters, digits and {@code -}, at most {@link TaskDefinition#MAX_ID} characters
 */
public record DeclaredSchedule(String id, TaskDefinition definition) {

    public DeclaredSchedule {
        TaskDefinition.checkId(id);
    }

    /** With the default policies: fires once after an outage, allows runs to overlap. Fails on a bad definition. */
    public static DeclaredSchedule of(
            String id,
            String name,
            String description,
            String expression,
            String zone,
            String jobType,
            String payload) {
        return new DeclaredSchedule(
                id,
                TaskDefinition.of(name, description, expression, zone, jobType, payload)
                        .checked());
    }

    public DeclaredSchedule misfire(MisfirePolicy policy) {
        return new DeclaredSchedule(id, definition.withMisfire(policy));
    }

    public DeclaredSchedule overlap(OverlapPolicy policy) {
        return new DeclaredSchedule(id, definition.withOverlap(policy));
    }

    /** How long one attempt may run, where that is to be seen and changed with the schedule. */
    public DeclaredSchedule timeout(Duration timeout) {
        return new DeclaredSchedule(id, definition.withTimeout(timeout).checked());
    }

    /** Starts of a job after the first, where they are not those of its queue. */
    public DeclaredSchedule maxRetries(int retries) {
        return new DeclaredSchedule(id, definition.withMaxRetries(retries).checked());
    }
}
