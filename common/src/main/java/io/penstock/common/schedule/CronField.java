package io.penstock.common.schedule;

import java.util.List;
import java.util.Locale;

/** The fields of an expression and what each may hold. */
enum CronField {
    SECOND("second", 0, 59, 59, ""),
    MINUTE("minute", 0, 59, 59, ""),
    HOUR("hour", 0, 23, 23, ""),
    DAY_OF_MONTH("day of month", 1, 31, 31, ""),
    MONTH("month", 1, 12, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    /** Sunday is 0 and 7, as in Unix; a range may end with it. */
    DAY_OF_WEEK("day of week", 0, 7, 6, "SUN MON TUE WED THU FRI SAT");

    static final List<CronField> FIVE = List.of(MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);
    static final List<CronField> SIX = List.of(SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);

    final String title;
    final int least;
    final int most;
    /** Where {@code *} ends: 6 for the day of week, since 7 is Sunday again. */
    final int last;

    /** Three letters each, in order from {@link #least}. */
    private final String names;

    CronField(String title, int least, int most, int last, String names) {
        this.title = title;
        this.least = least;
        this.most = most;
        this.last = last;
        this.names = names;
    }

    /** The value a name stands for; -1 when this field has no such name. */
    int named(String name) {
        int index = name.length() == 3 ? names.indexOf(name.toUpperCase(Locale.ROOT)) : -1;
        return index < 0 || index % 4 != 0 ? -1 : index / 4 + least;
    }

    boolean isDay() {
        return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
    }
}
