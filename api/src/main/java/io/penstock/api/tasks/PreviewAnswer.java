package io.penstock.api.tasks;

import io.penstock.common.schedule.InvalidScheduleException;
import io.penstock.common.schedule.ScheduleExpression;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** When an expression is due, and what it says in words. */
@RegisterForReflection
@Schema(name = "TaskPreview")
public record PreviewAnswer(
        @Schema(examples = "At 02:30, on the last Sunday of the month") String description,
        String timeZone,
        @Schema(
                        description =
                                "What it does when clocks go back or forward; absent in a zone where they never do",
                        examples = "When clocks go back, it is due once, at the first of the two; a time left out when"
                                + " they go forward is due right after the gap.")
                @Nullable
                String clockChanges,
        List<Due> instants) {

    static final int MOST = 100;

    private static final int DEFAULT_COUNT = 10;
    private static final String DEFAULT_ZONE = "Asia/Taipei";
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9990-01-01T00:00:00Z");

    /** One instant, twice. */
    @RegisterForReflection
    @Schema(name = "TaskDue")
    public record Due(
            Instant utc,
            @Schema(description = "The same in the schedule's zone", examples = "2027-03-28T03:00:00+02:00")
                    OffsetDateTime local) {}

    /** Fails with {@link InvalidScheduleException}. */
    static PreviewAnswer of(PreviewRequest request, InstantSource clock) {
        ScheduleExpression expression =
                ScheduleExpression.parse(TaskRequest.required("cronExpression", request.cronExpression()));
        ZoneId zone = ScheduleExpression.zone(request.timeZone() == null ? DEFAULT_ZONE : request.timeZone());
        Instant from = request.from() == null ? clock.instant() : time("from", request.from());
        int count = request.count() == null ? DEFAULT_COUNT : request.count();
        if (count < 1 || count > MOST) {
            throw new InvalidScheduleException("count", 0, "must be between 1 and " + MOST);
        }
        return new PreviewAnswer(
                expression.describe(),
                zone.getId(),
                expression.describeClockChanges(zone, from).orElse(null),
                dueAfter(from, expression, zone, count));
    }

    private static List<Due> dueAfter(Instant from, ScheduleExpression expression, ZoneId zone, int count) {
        List<Due> due = new ArrayList<>(count);
        Optional<Instant> next = expression.next(from, zone);
        while (next.isPresent() && due.size() < count) {
            Instant at = next.get();
            due.add(new Due(at, at.atZone(zone).toOffsetDateTime()));
            next = expression.next(at, zone);
        }
        return due;
    }

    /** A time that neither the calendar nor the table has trouble with. */
    static Instant time(String field, String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
                return time;
            }
        } catch (DateTimeException e) {
            // Told below, together with times that are out of range.
        }
        throw new InvalidScheduleException(
                field, 0, "must be a time between 1970 and 9990, such as 2027-03-01T00:00:00Z");
    }
}
