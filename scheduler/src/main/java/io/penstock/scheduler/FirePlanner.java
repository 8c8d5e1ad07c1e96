package io.penstock.scheduler;

import io.penstock.common.schedule.Fire;
import io.penstock.common.schedule.FireTrigger;
import io.penstock.common.schedule.InvalidScheduleException;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.NextRunUpdate;
import io.penstock.common.schedule.ScheduleExpression;
import io.penstock.common.schedule.ScheduledTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a due schedule fires and when it is due next. Pure: reads no clock, touches no store.
 *
 * <p>Instants that are merely late, because a tick or a database was slow, are all fired. Where one of them is older
 * than {@code misfire-after}, no scheduler ran, and the misfire policy decides over everything that is due.
 */
@ApplicationScoped
public class FirePlanner {

    /** Missed instants are counted up to here: the log then says "at least". */
    static final int COUNTED_MISSES = 1_000;

    private static final List<Duration> LOOK_BACK = List.of(
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofDays(32),
            Duration.ofDays(400),
            Duration.ofDays(20_000));

    /** The decision about one schedule. */
    record Plan(NextRunUpdate advance, List<Fire> fires) {}

    private final Duration misfireAfter;
    private final int fireAllLimit;

    public FirePlanner(SchedulerConfig config) {
        this.misfireAfter = config.misfireAfter();
        this.fireAllLimit = config.fireAllLimit();
    }

    /** When a schedule that has no next run is due first. */
    Plan plan(ScheduledTask task) {
        try {
            Optional<Instant> first = task.definition()
                    .expression()
                    .next(task.updatedAt(), task.definition().zone());
            return first.map(next -> new Plan(new NextRunUpdate(task.id(), next, null, 0, null), List.of()))
                    .orElseGet(() -> unusable(task, "it is never due again"));
        } catch (InvalidScheduleException e) {
            return unusable(task, String.valueOf(e.getMessage()));
        }
    }

    /** What a schedule whose next run has come fires now. */
    Plan fire(ScheduledTask task, Instant now) {
        Instant due = task.nextRun();
        if (due == null || due.isAfter(now)) {
            throw new IllegalArgumentException(task.id() + " is not due");
        }
        try {
            return fire(
                    task,
                    due,
                    now,
                    task.definition().expression(),
                    task.definition().zone());
        } catch (InvalidScheduleException e) {
            return unusable(task, String.valueOf(e.getMessage()));
        }
    }

    private Plan fire(ScheduledTask task, Instant due, Instant now, ScheduleExpression expression, ZoneId zone) {
        List<Fire> fires = due.isBefore(now.minus(misfireAfter))
                ? afterOutage(task, due, now, expression, zone)
                : onTime(task, instants(expression, zone, due, now));
        Instant last = null;
        int fired = 0;
        for (Fire fire : fires) {
            if (!fire.skipped()) {
                last = fire.scheduledFor();
                fired++;
            }
        }
        Instant next = expression.next(now, zone).orElse(null);
        return new Plan(
                new NextRunUpdate(task.id(), next, last, fired, next == null ? "it is never due again" : null), fires);
    }

    private static List<Fire> onTime(ScheduledTask task, List<Instant> instants) {
        return instants.stream()
                .map(instant -> new Fire(task.id(), instant, FireTrigger.CRON, false, 0))
                .toList();
    }

    private List<Fire> afterOutage(
            ScheduledTask task, Instant due, Instant now, ScheduleExpression expression, ZoneId zone) {
        int missed = count(expression, zone, due, now);
        MisfirePolicy policy = task.definition().misfire();
        List<Instant> latest = latest(expression, zone, due, now, policy == MisfirePolicy.FIRE_ALL ? fireAllLimit : 1);
        Instant last = latest.get(latest.size() - 1);
        return switch (policy) {
            case FIRE_ONCE -> List.of(new Fire(task.id(), last, FireTrigger.CATCH_UP, false, missed - 1));
            case FIRE_ALL -> each(task, latest, missed - latest.size());
            // The latest one may be merely late, and a late instant was not missed.
            case SKIP ->
                List.of(
                        last.isBefore(now.minus(misfireAfter))
                                ? new Fire(task.id(), last, FireTrigger.CATCH_UP, true, missed - 1)
                                : new Fire(task.id(), last, FireTrigger.CRON, false, missed - 1));
        };
    }

    /** The first of them also stands for those beyond the limit. */
    private static List<Fire> each(ScheduledTask task, List<Instant> instants, int beyond) {
        List<Fire> fires = new ArrayList<>(instants.size());
        for (Instant instant : instants) {
            fires.add(new Fire(task.id(), instant, FireTrigger.CATCH_UP, false, fires.isEmpty() ? beyond : 0));
        }
        return fires;
    }

    /** The due instants from {@code due} to {@code now}; few, since {@code due} is recent. */
    private static List<Instant> instants(ScheduleExpression expression, ZoneId zone, Instant due, Instant now) {
        List<Instant> instants = new ArrayList<>();
        for (@Nullable Instant at = due;
                at != null && !at.isAfter(now);
                at = expression.next(at, zone).orElse(null)) {
            instants.add(at);
        }
        return instants;
    }

    private static int count(ScheduleExpression expression, ZoneId zone, Instant due, Instant now) {
        int count = 0;
        for (@Nullable Instant at = due;
                at != null && !at.isAfter(now) && count < COUNTED_MISSES;
                at = expression.next(at, zone).orElse(null)) {
            count++;
        }
        return count;
    }

    /**
     * The latest instants up to {@code now}, at most {@code limit}. Looks back step by step, so that a year of missed
     * seconds costs no more than an hour of them.
     */
    private static List<Instant> latest(
            ScheduleExpression expression, ZoneId zone, Instant due, Instant now, int limit) {
        for (Duration span : LOOK_BACK) {
            Instant from = now.minus(span);
            boolean reachesDue = !from.isAfter(due);
            List<Instant> found = reachesDue
                    ? instants(expression, zone, due, now)
                    : expression
                            .next(from, zone)
                            .map(first -> instants(expression, zone, first, now))
                            .orElse(List.of());
            if (found.size() >= limit || reachesDue) {
                return found.size() > limit ? found.subList(found.size() - limit, found.size()) : found;
            }
        }
        return List.of(due);
    }

    private static Plan unusable(ScheduledTask task, String reason) {
        return new Plan(new NextRunUpdate(task.id(), null, null, 0, reason), List.of());
    }
}
