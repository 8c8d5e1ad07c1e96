package io.penstock.common.schedule;

import static io.penstock.common.schedule.CronField.DAY_OF_MONTH;
import static io.penstock.common.schedule.CronField.DAY_OF_WEEK;
import static io.penstock.common.schedule.CronField.HOUR;
import static io.penstock.common.schedule.CronField.MINUTE;
import static io.penstock.common.schedule.CronField.MONTH;
import static io.penstock.common.schedule.CronField.SECOND;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A calendar timetable in words: time of day, then days, then months. */
final class CalendarDescription {

    /** More times of day than this are told by field instead of one by one. */
    private static final int LISTED_TIMES = 6;

    private final CalendarTimetable timetable;

    CalendarDescription(CalendarTimetable timetable) {
        this.timetable = timetable;
    }

    String text() {
        return times() + days() + months();
    }

    /** What it does when the local clock is changed. */
    String clockChanges() {
        String back = timetable.repeats()
                ? "When clocks go back, it goes on through both hours"
                : "When clocks go back, it is due once, at the first of the two";
        return back
                + (timetable.sitsOutGaps()
                        ? "; when they go forward, it just goes on after the gap."
                        : "; a time left out when they go forward is due right after the gap.");
    }

    private String times() {
        FieldValues seconds = timetable.field(SECOND);
        FieldValues minutes = timetable.field(MINUTE);
        FieldValues hours = timetable.field(HOUR);
        int count = Long.bitCount(seconds.values()) * Long.bitCount(minutes.values()) * Long.bitCount(hours.values());
        if (seconds.isSingle() && !hours.isEvery(HOUR) && count <= LISTED_TIMES) {
            return "At " + listedTimes(seconds.single(), minutes.values(), hours.values());
        }
        if (!seconds.isSingle()) {
            return everySecond(seconds) + withinMinutes(minutes) + withinHours(hours);
        }
        String atSecond = seconds.single() == 0 ? "" : ", " + seconds.single() + " seconds past";
        return everyMinute(minutes, hours) + atSecond;
    }

    private static String listedTimes(int second, long minutes, long hours) {
        List<String> times = new ArrayList<>();
        for (int hour = Bits.next(hours, 0); hour >= 0; hour = Bits.next(hours, hour + 1)) {
            for (int minute = Bits.next(minutes, 0); minute >= 0; minute = Bits.next(minutes, minute + 1)) {
                times.add(twoDigits(hour) + ":" + twoDigits(minute) + (second == 0 ? "" : ":" + twoDigits(second)));
            }
        }
        return Words.list(times);
    }

    private static String everySecond(FieldValues seconds) {
        if (seconds.isEvery(SECOND)) {
            return "Every second";
        }
        if (dividesEvenly(seconds, 60)) {
            return "Every " + seconds.step() + " seconds";
        }
        return "At second " + Words.ranges(seconds.values(), Integer::toString);
    }

    private static String everyMinute(FieldValues minutes, FieldValues hours) {
        if (minutes.isEvery(MINUTE)) {
            return "Every minute" + withinHours(hours);
        }
        if (dividesEvenly(minutes, 60)) {
            return "Every " + minutes.step() + " minutes" + withinHours(hours);
        }
        if (minutes.isSingle() && minutes.single() == 0) {
            return onTheHour(hours);
        }
        return "At minute " + Words.ranges(minutes.values(), Integer::toString)
                + (hours.isEvery(HOUR) ? " of every hour" : withinHours(hours));
    }

    private static String onTheHour(FieldValues hours) {
        if (hours.isEvery(HOUR)) {
            return "Every hour, on the hour";
        }
        if (dividesEvenly(hours, 24)) {
            return "Every " + hours.step() + " hours, on the hour";
        }
        return "On the hour" + withinHours(hours);
    }

    private static String withinMinutes(FieldValues minutes) {
        return minutes.isEvery(MINUTE) ? "" : ", in minute " + Words.ranges(minutes.values(), Integer::toString);
    }

    private static String withinHours(FieldValues hours) {
        return hours.isEvery(HOUR) ? "" : ", in hour " + Words.ranges(hours.values(), Integer::toString);
    }

    private static boolean dividesEvenly(FieldValues values, int whole) {
        return values.step() > 1 && whole % values.step() == 0;
    }

    private String days() {
        FieldValues dates = timetable.field(DAY_OF_MONTH);
        FieldValues weekdays = timetable.field(DAY_OF_WEEK);
        boolean anyDate = dates.isEvery(DAY_OF_MONTH);
        boolean anyWeekday = weekdays.isEvery(DAY_OF_WEEK);
        if (anyDate && anyWeekday) {
            return "";
        }
        if (anyDate || anyWeekday) {
            return ", on " + (anyDate ? weekdayWords(weekdays) : dateWords(dates));
        }
        String joint = timetable.eitherDay() ? " or on " : ", only when it is ";
        return ", on " + dateWords(dates) + joint + weekdayWords(weekdays);
    }

    private static String dateWords(FieldValues dates) {
        List<String> items = new ArrayList<>();
        if (dates.values() != 0) {
            items.add("day " + Words.ranges(dates.values(), Integer::toString));
        }
        for (int back = Bits.next(dates.fromEnd(), 0); back >= 0; back = Bits.next(dates.fromEnd(), back + 1)) {
            items.add(back == 0 ? "the last day" : beforeTheLast(back));
        }
        for (int day = Bits.next(dates.nearest(), 0); day >= 0; day = Bits.next(dates.nearest(), day + 1)) {
            items.add("the weekday nearest to day " + day);
        }
        for (int back = Bits.next(dates.nearestFromEnd(), 0);
                back >= 0;
                back = Bits.next(dates.nearestFromEnd(), back + 1)) {
            items.add(back == 0 ? "the last weekday" : "the weekday nearest to " + beforeTheLast(back));
        }
        return Words.list(items) + " of the month";
    }

    private static String beforeTheLast(int days) {
        return days + (days == 1 ? " day" : " days") + " before the last day";
    }

    private static String weekdayWords(FieldValues weekdays) {
        List<String> items = new ArrayList<>();
        if (weekdays.values() != 0) {
            items.add(Words.ranges(mondayFirst(weekdays.values()), CalendarDescription::weekday));
        }
        for (int bit = Bits.next(weekdays.nthWeekdays(), 0);
                bit >= 0;
                bit = Bits.next(weekdays.nthWeekdays(), bit + 1)) {
            items.add("the " + Words.ordinal(bit / 7 + 1) + " " + weekday(bit % 7) + " of the month");
        }
        for (int day = Bits.next(weekdays.lastWeekdays(), 0);
                day >= 0;
                day = Bits.next(weekdays.lastWeekdays(), day + 1)) {
            items.add("the last " + weekday(day) + " of the month");
        }
        return Words.list(items);
    }

    /** Sunday moved behind Saturday, so that a weekend reads as one. */
    private static long mondayFirst(long bits) {
        return Bits.has(bits, 0) ? (bits & ~Bits.of(0)) | Bits.of(7) : bits;
    }

    private String months() {
        FieldValues months = timetable.field(MONTH);
        return months.isEvery(MONTH) ? "" : ", in " + Words.ranges(months.values(), CalendarDescription::month);
    }

    private static String weekday(int day) {
        return DayOfWeek.of(day == 0 ? 7 : day).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String month(int number) {
        return Month.of(number).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
