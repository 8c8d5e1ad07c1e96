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
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Due where the local clock matches every field. The search runs over local times, which know no daylight saving, and
 * each match is then placed on the time line: at the end of the gap it falls into, or at its first occurrence.
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
        LocalDateTime from = firstCandidate(after, zone);
        for (LocalDateTime match = firstAtOrAfter(from); match != null; match = firstAtOrAfter(match.plusSeconds(1))) {
            Instant due = place(match, zone);
            if (due.isAfter(after)) {
                return Optional.of(due);
            }
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

    private static LocalDateTime firstCandidate(Instant after, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(after, zone);
        LocalDateTime candidate = local.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        boolean secondPass = transition != null
                && transition.isOverlap()
                && zone.getRules().getOffset(after).equals(transition.getOffsetAfter());
        // What is repeated was due the first time: go on behind it.
        return secondPass ? transition.getDateTimeBefore() : candidate;
    }

    private static Instant place(LocalDateTime local, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        if (transition == null) {
            return local.toInstant(zone.getRules().getOffset(local));
        }
        return transition.isGap() ? transition.getInstant() : local.toInstant(transition.getOffsetBefore());
    }

    private @Nullable LocalDateTime firstAtOrAfter(LocalDateTime from) {
        LocalDate today = from.toLocalDate();
        if (Bits.has(daysOf(YearMonth.from(today)), today.getDayOfMonth())) {
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
        long byDate = byDate(field(DAY_OF_MONTH), length);
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
