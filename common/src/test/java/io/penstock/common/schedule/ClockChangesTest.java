package io.penstock.common.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The rule for changes of the clock, checked against a walk over the instants around every kind of change that any zone
 * has ever had: half hours, twenty minutes, whole days and odd seconds among them.
 */
class ClockChangesTest {

    private static final Duration AROUND = Duration.ofHours(2);

    /** One day's times: which hours and minutes, written once as a field and once as what it means. */
    private record Times(String expression, boolean repeats, BitSet hours, BitSet minutes) {

        Times(String expression, boolean repeats, List<Integer> hours, List<Integer> minutes) {
            this(expression, repeats, bits(hours), bits(minutes));
        }

        boolean match(LocalDateTime time) {
            return time.getSecond() == 0 && hours.get(time.getHour()) && minutes.get(time.getMinute());
        }

        private static BitSet bits(List<Integer> values) {
            BitSet bits = new BitSet(60);
            values.forEach(bits::set);
            return bits;
        }
    }

    /**
     * An instant of the walk, and what a clock on the wall shows then.
     *
     * @param first whether it is shown for the first time
     * @param leftOutFrom the first of the times that are not shown before this one; null: none is left out
     */
    private record Shown(Instant at, LocalDateTime local, boolean first, LocalDateTime leftOutFrom) {}

    private static final List<Integer> EVERY_HOUR = steps(0, 23, 1);

    private static final List<Times> ALL = List.of(
            new Times("* * * * *", true, EVERY_HOUR, steps(0, 59, 1)),
            new Times("*/30 * * * *", true, EVERY_HOUR, List.of(0, 30)),
            new Times("15 * * * *", true, EVERY_HOUR, List.of(15)),
            new Times("0 * * * *", true, EVERY_HOUR, List.of(0)),
            new Times("0 1-5 * * *", true, List.of(1, 2, 3, 4, 5), List.of(0)),
            new Times("45 */2 * * *", true, steps(0, 22, 2), List.of(45)),
            new Times("*/20 2 * * *", true, List.of(2), List.of(0, 20, 40)),
            new Times("10-12 0,23 * * *", true, List.of(0, 23), List.of(10, 11, 12)),
            new Times("30 2 * * *", false, List.of(2), List.of(30)),
            new Times("0 0 * * *", false, List.of(0), List.of(0)),
            new Times("15,45 0,1,2,3,23 * * *", false, List.of(0, 1, 2, 3, 23), List.of(15, 45)));

    @Test
    void keepsTheRuleAtEveryKindOfChangeOfEveryZone() {
        Map<String, Map.Entry<ZoneId, ZoneOffsetTransition>> kinds = kindsOfChange();
        assertThat(kinds.size()).isGreaterThan(300);
        kinds.values().forEach(kind -> check(kind.getKey(), kind.getValue()));
    }

    private static void check(ZoneId zone, ZoneOffsetTransition change) {
        Duration margin = AROUND.plus(change.getDuration().abs());
        Instant begin = wholeMinute(change.getInstant().minus(margin));
        Instant end = wholeMinute(change.getInstant().plus(margin));
        int step = step(change);
        List<Shown> walk = walk(zone.getRules(), begin.minusSeconds(step), end, step);
        ALL.forEach(times -> assertThat(asked(ScheduleExpression.parse(times.expression()), zone, begin, end))
                .as(() -> times.expression() + " in " + zone + " at " + change)
                .isEqualTo(due(times, walk)));
    }

    private static SortedSet<Instant> asked(ScheduleExpression expression, ZoneId zone, Instant begin, Instant end) {
        SortedSet<Instant> due = new TreeSet<>();
        Instant at = expression.next(begin.minusSeconds(1), zone).orElseThrow();
        while (at.isBefore(end)) {
            due.add(at);
            at = expression.next(at, zone).orElseThrow();
        }
        return due;
    }

    /** Second by second where an offset has seconds, else minute by minute; knows nothing of how the answer is found. */
    private static List<Shown> walk(ZoneRules rules, Instant from, Instant end, int step) {
        List<Shown> walk = new ArrayList<>();
        LocalDateTime expected = null;
        for (Instant at = from; at.isBefore(end); at = at.plusSeconds(step)) {
            ZoneOffset offset = rules.getOffset(at);
            LocalDateTime local = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, offset);
            boolean first = local.getSecond() != 0
                    || rules.getValidOffsets(local).get(0).equals(offset);
            boolean jumps = expected != null && expected.isBefore(local);
            walk.add(new Shown(at, local, first, jumps ? expected : null));
            expected = local.plusSeconds(step);
        }
        return walk;
    }

    /** The first of the walk only says what was shown before. */
    private static SortedSet<Instant> due(Times times, List<Shown> walk) {
        SortedSet<Instant> due = new TreeSet<>();
        for (Shown now : walk.subList(1, walk.size())) {
            boolean onTime = times.match(now.local()) && (times.repeats() || now.first());
            boolean late = now.leftOutFrom() != null
                    && times.hours().cardinality() < 24
                    && leftOut(times, now.leftOutFrom(), now.local());
            if (onTime || late) {
                due.add(now.at());
            }
        }
        return due;
    }

    private static int step(ZoneOffsetTransition change) {
        boolean wholeMinutes = change.getOffsetBefore().getTotalSeconds() % 60 == 0
                && change.getOffsetAfter().getTotalSeconds() % 60 == 0
                && change.toEpochSecond() % 60 == 0;
        return wholeMinutes ? 60 : 1;
    }

    private static boolean leftOut(Times times, LocalDateTime from, LocalDateTime to) {
        for (LocalDateTime local = from; local.isBefore(to); local = local.plusSeconds(1)) {
            if (times.match(local)) {
                return true;
            }
        }
        return false;
    }

    /** Of changes that shift the same time of day by as much, one stands for all. */
    private static Map<String, Map.Entry<ZoneId, ZoneOffsetTransition>> kindsOfChange() {
        Map<String, Map.Entry<ZoneId, ZoneOffsetTransition>> kinds = new TreeMap<>();
        for (String id : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            ZoneId zone = ZoneId.of(id);
            List<ZoneOffsetTransition> changes = new ArrayList<>(zone.getRules().getTransitions());
            ZoneOffsetTransition coming = zone.getRules().nextTransition(Instant.parse("2030-01-01T00:00:00Z"));
            if (coming != null) {
                changes.add(coming);
                changes.add(zone.getRules().nextTransition(coming.getInstant()));
            }
            for (ZoneOffsetTransition change : changes) {
                String kind = change.getDuration() + " at "
                        + change.getDateTimeBefore().toLocalTime();
                kinds.putIfAbsent(kind, Map.entry(zone, change));
            }
        }
        return kinds;
    }

    private static Instant wholeMinute(Instant instant) {
        return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), 60) * 60);
    }

    private static List<Integer> steps(int from, int to, int step) {
        List<Integer> values = new ArrayList<>();
        for (int value = from; value <= to; value += step) {
            values.add(value);
        }
        return values;
    }
}
