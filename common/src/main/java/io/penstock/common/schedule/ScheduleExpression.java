package io.penstock.common.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a schedule is due. Parsed once, then asked for one instant after the other; immutable.
 *
 * <p>Accepted are
 * <ul>
 *   <li>five fields as Unix has them: minute, hour, day of month, month, day of week. Where both days are restricted,
 *       either may match
 *   <li>six fields, seconds first, as Spring has them: all fields must match
 *   <li>{@code @yearly @monthly @weekly @daily @hourly}, and {@code @daily 09:00} or {@code @daily 09:00:30}
 *   <li>{@code @every 90s}: a fixed period, counted from the epoch, so that every replica and every restart agrees
 * </ul>
 * with names ({@code MON}, {@code JAN}), lists, ranges, steps, {@code L}, {@code L-2}, {@code 5L}, {@code 1#3}, and, as
 * Quartz has them, {@code 15W} (the weekday nearest to the 15th, in the same month) and {@code LW} (the last weekday).
 *
 * <p>Daylight saving: when clocks go back, a time of day that is fixed ({@code 30 2 * * *}) is due once, the first time.
 * What repeats, because of a {@code *}, a step or a range in its hour, minute or second, goes on through both hours, so
 * that what runs each minute never pauses for an hour. When clocks go forward, a local time that does not exist is due at
 * the first instant after the gap; what is due in every hour just goes on there. {@code @every 10m} does not look at the
 * local clock at all.
 */
public final class ScheduleExpression {

    public static final int MAX_LENGTH = 200;

    static final String FIELD = "cronExpression";

    private static final Duration LONGEST_PERIOD = Duration.ofDays(366);
    private static final Pattern EVERY =
            Pattern.compile("(?:(\\d{1,3})d)?(?:(\\d{1,4})h)?(?:(\\d{1,6})m)?(?:(\\d{1,8})s)?");
    private static final Pattern TIME_OF_DAY = Pattern.compile("([01]?\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d))?");
    private static final Map<String, String> SHORTHANDS = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private final String text;
    private final Timetable timetable;

    private ScheduleExpression(String text, Timetable timetable) {
        this.text = text;
        this.timetable = timetable;
    }

    /** Fails with {@link InvalidScheduleException}, which says where and why. */
    public static ScheduleExpression parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw refused(0, "has " + text.length() + " characters, at most " + MAX_LENGTH + " are allowed");
        }
        if (text.isBlank()) {
            throw refused(0, "is empty");
        }
        ScheduleExpression expression = new ScheduleExpression(text.strip(), timetableOf(text));
        if (!expression.timetable.everMatches()) {
            throw refused(0, "never matches: no such day exists in any year");
        }
        return expression;
    }

    /** The zone of this name; fails with {@link InvalidScheduleException} where there is none. */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
            throw new InvalidScheduleException(
                    "timeZone", 0, "unknown time zone '" + shown + "', expected a name such as Asia/Taipei");
        }
    }

    /** As it was written, without surrounding blanks. */
    public String text() {
        return text;
    }

    /** The first due instant strictly after {@code after}; empty when there is none in the next decades. */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        return timetable.next(after, zone);
    }

    /** In words, such as "At 02:30, on the last Sunday of the month". */
    public String describe() {
        return timetable.describe();
    }

    /**
     * In words: what becomes of it when clocks go back or forward, such as "When clocks go back, it goes on through both
     * hours; when they go forward, it just goes on after the gap."; empty in a zone whose clocks never change again.
     */
    public Optional<String> describeClockChanges(ZoneId zone, Instant now) {
        return zone.getRules().nextTransition(now) == null ? Optional.empty() : Optional.of(timetable.clockChanges());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScheduleExpression expression && expression.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static Timetable timetableOf(String text) {
        int start = firstNonBlank(text);
        return text.charAt(start) == '@' ? shorthand(text, start) : new CronParser(text).parse();
    }

    private static Timetable shorthand(String text, int start) {
        String[] words = text.strip().split("\\s+", 2);
        String word = words[0].toLowerCase(Locale.ROOT);
        String rest = words.length > 1 ? words[1] : "";
        int restPosition = start + text.strip().length() - rest.length() + 1;
        if (word.equals("@every")) {
            return every(rest, restPosition);
        }
        String fields = SHORTHANDS.get(word);
        if (fields == null) {
            throw refused(
                    start + 1,
                    "unknown shorthand '" + words[0]
                            + "', expected @yearly, @monthly, @weekly, @daily, @hourly or @every");
        }
        if (rest.isEmpty()) {
            return new CronParser(fields).parse();
        }
        if (!word.equals("@daily")) {
            throw refused(restPosition, "only @daily takes a time of day");
        }
        return dailyAt(rest, restPosition);
    }

    private static Timetable every(String period, int position) {
        Matcher parts = EVERY.matcher(period);
        if (period.isEmpty() || !parts.matches()) {
            throw refused(position, "@every needs a period such as 90s, 5m, 1h30m or 2d");
        }
        Duration duration = Duration.ofDays(number(parts, 1))
                .plusHours(number(parts, 2))
                .plusMinutes(number(parts, 3))
                .plusSeconds(number(parts, 4));
        if (duration.isZero() || duration.compareTo(LONGEST_PERIOD) > 0) {
            throw refused(position, "the period must be between 1s and " + LONGEST_PERIOD.toDays() + "d");
        }
        return new IntervalTimetable(duration);
    }

    private static Timetable dailyAt(String time, int position) {
        Matcher parts = TIME_OF_DAY.matcher(time);
        if (!parts.matches()) {
            throw refused(position, "@daily needs a time between 00:00 and 23:59, such as 09:00");
        }
        LocalTime at = LocalTime.of((int) number(parts, 1), (int) number(parts, 2), (int) number(parts, 3));
        return new CronParser(at.getSecond() + " " + at.getMinute() + " " + at.getHour() + " * * *").parse();
    }

    private static long number(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static int firstNonBlank(String text) {
        int i = 0;
        while (Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    static InvalidScheduleException refused(int position, String reason) {
        return new InvalidScheduleException(FIELD, position, reason);
    }
}
