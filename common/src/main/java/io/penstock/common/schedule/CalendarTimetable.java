package io.penstock.common.schedule;

import static io.penstock.common.schedule.CronField.DAY_OF_MONTH;
import static io.penstock.common.schedule.CronField.DAY_OF_WEEK;
import static io.penstock.common.schedule.CronField.HOUR;
import static io.penstock.common.schedule.CronField.MINUTE;
import static io.penstock.common.schedule.CronField.MONTH;
import static io.penstock.common.schedule.CronField.SECOND;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Due where the local clock matches every field. The search runs over local times, which know no daylight saving, and
 * each match is then placed on the time line, stretch by stretch between two changes of the clock.
 */
final class CalendarTimetable implements Timetable {

    /** A 29 February that is a given weekday may be 40 years away, across 2100; nothing is rarer. */
    private static final int HORIZON_YEARS = 50;

    private static final LocalDateTime ANY_START = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int LAST_YEAR = 9999;

    private final Map<CronField, FieldValues> fields;
    private final boolean withSeconds;
    private final long seconds;
    private final long minutes;
    private final long hours;
    private final long months;

    CalendarTimetable(Map<CronField, FieldValues> fields, boolean withSeconds) {
        this.fields = fields;
        this.withSeconds = withSeconds;
        this.seconds = field(SECOND).values();
        this.minutes = field(MINUTE).values();
        this.hours = field(HOUR).values();
        this.months = field(MONTH).values();
    }

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone) {
        ZoneRules rules = zone.getRules();
        Instant stretch = after;
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime match = firstAtOrAfter(firstCandidate(after, rules));
        while (match != null) {
            ZoneOffsetTransition change = rules.nextTransition(stretch);
            Instant due = match.toInstant(offset);
            if (change == null || due.isBefore(change.getInstant())) {
                return Optional.of(due);
            }
            if (fallsIntoGap(match, change) && !sitsOutGaps()) {
                return Optional.of(change.getInstant());
            }
            match = beyond(change, match);
            stretch = change.getInstant();
            offset = change.getOffsetAfter();
        }
        return Optional.empty();
    }

    @Override
    public boolean everMatches() {
        return firstAtOrAfter(ANY_START) != null;
    }

    @Override
    public String describe() {
        return new CalendarDescription(this).text();
    }

    @Override
    public String clockChanges() {
        return new CalendarDescription(this).clockChanges();
    }

    FieldValues field(CronField field) {
        FieldValues values = fields.get(field);
        if (values == null) {
            throw new IllegalStateException("no " + field.title);
        }
        return values;
    }

    /** Unix lets either day match where both are restricted; with seconds, as in Spring, both must. */
    boolean eitherDay() {
        return !withSeconds && !field(DAY_OF_MONTH).any() && !field(DAY_OF_WEEK).any();
    }

    /** It comes again and again within or across the hours, so that it goes on through an hour that is repeated. */
    boolean repeats() {
        return field(SECOND).repeats() || field(MINUTE).repeats() || field(HOUR).repeats();
    }

    /** Due in every hour: what a gap leaves out is no loss, since no hour that passes goes without it. */
    boolean sitsOutGaps() {
        return field(HOUR).isEvery(HOUR);
    }

    private LocalDateTime firstCandidate(Instant after, ZoneRules rules) {
        LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
        ZoneOffsetTransition change = rules.getTransition(local);
        boolean secondPass =
                change != null && change.isOverlap() && rules.getOffset(after).equals(change.getOffsetAfter());
        // A fixed time was due in the first pass: go on behind the second.
        return secondPass && !repeats()
                ? change.getDateTimeBefore()
                : local.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    private static boolean fallsIntoGap(LocalDateTime match, ZoneOffsetTransition change) {
        return change.isGap() && match.isBefore(change.getDateTimeAfter());
    }

    /** The first match on the local clock that a change has set. */
    private @Nullable LocalDateTime beyond(ZoneOffsetTransition change, LocalDateTime match) {
        if (fallsIntoGap(match, change)) {
            return firstAtOrAfter(change.getDateTimeAfter());
        }
        LocalDateTime repeated = change.isOverlap() && repeats()
                ? firstBetween(change.getDateTimeAfter(), change.getDateTimeBefore())
                : null;
        return repeated == null ? match : repeated;
    }

    /** Looks at these few hours alone, where {@link #firstAtOrAfter} would look decades ahead. */
    private @Nullable LocalDateTime firstBetween(LocalDateTime from, LocalDateTime end) {
        LocalDateTime start = from;
        while (start.isBefore(end)) {
            LocalTime time = matchesDay(start.toLocalDate()) ? timeAtOrAfter(start.toLocalTime()) : null;
            if (time != null) {
                LocalDateTime match = start.toLocalDate().atTime(time);
                return match.isBefore(end) ? match : null;
            }
            start = start.toLocalDate().plusDays(1).atStartOfDay();
        }
        return null;
    }

    private boolean matchesDay(LocalDate day) {
        return Bits.has(daysOf(YearMonth.from(day)), day.getDayOfMonth());
    }

    private @Nullable LocalDateTime firstAtOrAfter(LocalDateTime from) {
        LocalDate today = from.toLocalDate();
        if (matchesDay(today)) {
            LocalTime time = timeAtOrAfter(from.toLocalTime());
            if (time != null) {
                return today.atTime(time);
            }
        }
        LocalDate day = dayAtOrAfter(today.plusDays(1));
        LocalTime first = timeAtOrAfter(LocalTime.MIDNIGHT);
        return day == null || first == null ? null : day.atTime(first);
    }

    private @Nullable LocalDate dayAtOrAfter(LocalDate from) {
        YearMonth month = YearMonth.from(from);
        YearMonth end = month.plusYears(HORIZON_YEARS);
        int earliest = from.getDayOfMonth();
        while (month.isBefore(end) && month.getYear() <= LAST_YEAR) {
            int day = Bits.next(daysOf(month), earliest);
            if (day > 0) {
                return month.atDay(day);
            }
            month = month.plusMonths(1);
            earliest = 1;
        }
        return null;
    }

    private @Nullable LocalTime timeAtOrAfter(LocalTime from) {
        for (int hour = Bits.next(hours, from.getHour()); hour >= 0; hour = Bits.next(hours, hour + 1)) {
            boolean sameHour = hour == from.getHour();
            for (int minute = Bits.next(minutes, sameHour ? from.getMinute() : 0);
                    minute >= 0;
                    minute = Bits.next(minutes, minute + 1)) {
                boolean sameMinute = sameHour && minute == from.getMinute();
                int second = Bits.next(seconds, sameMinute ? from.getSecond() : 0);
                if (second >= 0) {
                    return LocalTime.of(hour, minute, second);
                }
            }
        }
        return null;
    }

    /** The matching days of one month, bit 1 for the first. */
    private long daysOf(YearMonth month) {
        if (!Bits.has(months, month.getMonthValue())) {
            return 0;
        }
        int length = month.lengthOfMonth();
        long byDate = byDate(field(DAY_OF_MONTH), length) | byNearest(field(DAY_OF_MONTH), month, length);
        long byWeekday = byWeekday(field(DAY_OF_WEEK), month, length);
        return eitherDay() ? byDate | byWeekday : byDate & byWeekday;
    }

    private static long byDate(FieldValues dates, int length) {
        long days = dates.values() & Bits.range(1, length, 1);
        for (int back = Bits.next(dates.fromEnd(), 0);
                back >= 0 && back < length;
                back = Bits.next(dates.fromEnd(), back + 1)) {
            days |= Bits.of(length - back);
        }
        return days;
    }

    private static long byNearest(FieldValues dates, YearMonth month, int length) {
        long wanted = dates.nearest() & Bits.range(1, length, 1);
        for (int back = Bits.next(dates.nearestFromEnd(), 0);
                back >= 0 && back < length;
                back = Bits.next(dates.nearestFromEnd(), back + 1)) {
            wanted |= Bits.of(length - back);
        }
        long days = 0;
        for (int day = Bits.next(wanted, 0); day >= 0; day = Bits.next(wanted, day + 1)) {
            days |= Bits.of(nearestWeekday(month, day, length));
        }
        return days;
    }

    /** A Saturday moves to its Friday, a Sunday to its Monday; at an end of the month the other way, two days. */
    private static int nearestWeekday(YearMonth month, int day, int length) {
        return switch (month.atDay(day).getDayOfWeek()) {
            case SATURDAY -> day == 1 ? 3 : day - 1;
            case SUNDAY -> day == length ? day - 2 : day + 1;
            default -> day;
        };
    }

    private static long byWeekday(FieldValues weekdays, YearMonth month, int length) {
        int weekday = month.atDay(1).getDayOfWeek().getValue() % 7;
        long days = 0;
        for (int day = 1; day <= length; day++) {
            int nth = (day - 1) / 7;
            boolean matches = Bits.has(weekdays.values(), weekday)
                    || Bits.has(weekdays.nthWeekdays(), 7 * nth + weekday)
                    || (day > length - 7 && Bits.has(weekdays.lastWeekdays(), weekday));
            days |= matches ? Bits.of(day) : 0;
            weekday = (weekday + 1) % 7;
        }
        return days;
    }
}
