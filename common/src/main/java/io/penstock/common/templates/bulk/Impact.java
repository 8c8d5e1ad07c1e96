package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a bulk update would touch.
 *
 * @param templates that are to be changed and exist
 * @param missing ids of which there is no template of the tenant
 * @param descendants templates below them that are not to be changed themselves
 * @param activeDescendants of those, the active ones
 * @param courses that were made from any of these and are not over
 * @param schedules that are still to come
 * @param popular of the templates, those used more than 10 times
 * @param recoverySeconds how long a restore from the backup is estimated to take
 * @param reasons what makes the risk what it is, the weightiest first
 */
@RegisterForReflection
public record Impact(
        long templates,
        long missing,
        long descendants,
        long activeDescendants,
        long courses,
        long schedules,
        long popular,
        long recoverySeconds,
        Risk risk,
        List<String> reasons) {

    /** How much is at stake. */
    public enum Risk {
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Templates that a restore writes in a second on a busy machine: see deploy/docs/templates-bulk.md. */
    static final long RESTORED_PER_SECOND = 300;

    private static final Duration RESTORE_STARTS_WITHIN = Duration.ofSeconds(2);
    private static final long MANY_TEMPLATES = 1_000;
    private static final long MANY_DESCENDANTS = 100;
    private static final long MANY_COURSES = 100;

    /** Judges counts. Pure. */
    public static Impact of(
            long templates,
            long missing,
            long descendants,
            long activeDescendants,
            long courses,
            long schedules,
            long popular) {
        int points = 0;
        List<String> reasons = new ArrayList<>();
        if (schedules > 0) {
            points += 3;
            reasons.add(schedules + " schedules are still to come");
        }
        if (courses > 0) {
            points += courses > MANY_COURSES ? 3 : 2;
            reasons.add(courses + " courses are not over");
        }
        if (activeDescendants > 0) {
            points += activeDescendants > MANY_DESCENDANTS ? 2 : 1;
            reasons.add(activeDescendants + " active templates inherit from them");
        }
        if (popular > 0) {
            points += 1;
            reasons.add(popular + " of the templates are used often");
        }
        if (templates > MANY_TEMPLATES) {
            points += 1;
            reasons.add(templates + " templates change at once");
        }
        if (missing > 0) {
            reasons.add(missing + " of the templates do not exist");
        }
        Risk risk = points >= 6 ? Risk.CRITICAL : points >= 4 ? Risk.HIGH : points >= 2 ? Risk.MEDIUM : Risk.LOW;
        long recovery = templates == 0
                ? 0
                : RESTORE_STARTS_WITHIN.toSeconds() + (templates + RESTORED_PER_SECOND - 1) / RESTORED_PER_SECOND;
        return new Impact(
                templates,
                missing,
                descendants,
                activeDescendants,
                courses,
                schedules,
                popular,
                recovery,
                risk,
                reasons);
    }
}
