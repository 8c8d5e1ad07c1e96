package io.penstock.common.schedule;

import java.time.Duration;
import java.time.ZoneId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is to be enqueued when. May be wrong when it comes from outside or from the table: {@link #checked()} tells.
 *
 * @param payload JSON text of the job's payload
 * @param queue where the jobs wait; null: the queue of the job type
 * @param maxRetries starts of a job after the first; null: as the queue has it
 * @param timeout of one attempt; null: as the job type or the queue has it
 */
public record TaskDefinition(
        String name,
        String description,
        String cronExpression,
        String timeZone,
        String jobType,
        String payload,
        @Nullable String queue,
        @Nullable Integer maxRetries,
        @Nullable Duration timeout,
        MisfirePolicy misfire,
        OverlapPolicy overlap) {

    public static final int MAX_ID = 64;
    public static final int MAX_NAME = 200;
    public static final int MAX_DESCRIPTION = 2_000;
    public static final int MAX_RETRIES = 99;
    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    /** Neither '.' nor '_': ids of jobs made by the queue have the one, those of manual runs the other. */
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /** With the default policies. */
    public static TaskDefinition of(
            String name, String description, String expression, String zone, String jobType, String payload) {
        return new TaskDefinition(
                name,
                description,
                expression,
                zone,
                jobType,
                payload,
                null,
                null,
                null,
                MisfirePolicy.FIRE_ONCE,
                OverlapPolicy.ALLOW);
    }

    /** Whether a schedule can have this id at all. */
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Fails with {@link InvalidScheduleException}. */
    public static String checkId(String id) {
        require(
                isId(id),
                "id",
                "must be 1 to " + MAX_ID + " lower case letters, digits or '-', and begin with a letter or digit");
        return id;
    }

    /**
     * This definition, if all that can be judged without the job type is right.
     *
     * @throws InvalidScheduleException names the field, the position and the reason
     */
    public TaskDefinition checked() {
        require(!name.isBlank() && name.length() <= MAX_NAME, "name", "must be 1 to " + MAX_NAME + " characters");
        require(
                description.length() <= MAX_DESCRIPTION,
                "description",
                "must be at most " + MAX_DESCRIPTION + " characters");
        expression();
        zone();
        require(!jobType.isBlank(), "jobType", "is missing");
        // PostgreSQL stores no NUL, neither as text nor in jsonb.
        require(name.indexOf('\0') < 0 && description.indexOf('\0') < 0, "name", "must not hold a NUL character");
        require(!payload.contains("\\u0000"), "payload", "must not hold a NUL character");
        require(payload.startsWith("{"), "payload", "must be an object");
        require(
                maxRetries == null || (maxRetries >= 0 && maxRetries <= MAX_RETRIES),
                "maxRetries",
                "must be between 0 and " + MAX_RETRIES);
        require(
                timeout == null || (timeout.toMillis() >= 1 && timeout.compareTo(MAX_TIMEOUT) <= 0),
                "timeout",
                "must be between 1 and " + MAX_TIMEOUT.toMillis() + " ms");
        return this;
    }

    public ScheduleExpression expression() {
        return ScheduleExpression.parse(cronExpression);
    }

    public ZoneId zone() {
        return ScheduleExpression.zone(timeZone);
    }

    /**
     * With another payload.
     *
     * @param json text of the job's payload
     */
    public TaskDefinition withPayload(String json) {
        return new TaskDefinition(
                name,
                description,
                cronExpression,
                timeZone,
                jobType,
                json,
                queue,
                maxRetries,
                timeout,
                misfire,
                overlap);
    }

    public TaskDefinition withMisfire(MisfirePolicy policy) {
        return new TaskDefinition(
                name,
                description,
                cronExpression,
                timeZone,
                jobType,
                payload,
                queue,
                maxRetries,
                timeout,
                policy,
                overlap);
    }

    public TaskDefinition withOverlap(OverlapPolicy policy) {
        return new TaskDefinition(
                name,
                description,
                cronExpression,
                timeZone,
                jobType,
                payload,
                queue,
                maxRetries,
                timeout,
                misfire,
                policy);
    }

    public TaskDefinition withMaxRetries(int retries) {
        return new TaskDefinition(
                name,
                description,
                cronExpression,
                timeZone,
                jobType,
                payload,
                queue,
                retries,
                timeout,
                misfire,
                overlap);
    }

    public TaskDefinition withTimeout(Duration time) {
        return new TaskDefinition(
                name,
                description,
                cronExpression,
                timeZone,
                jobType,
                payload,
                queue,
                maxRetries,
                time,
                misfire,
                overlap);
    }

    private static void require(boolean holds, String field, String reason) {
        if (!holds) {
            throw new InvalidScheduleException(field, 0, reason);
        }
    }
}
