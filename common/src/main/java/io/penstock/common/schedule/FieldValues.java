package io.penstock.common.schedule;

/**
 * What one field of an expression matches.
 *
 * @param any the field begins with {@code *} or {@code ?} and so does not restrict its day, as Unix has it
 * @param step n of a lone {@code *}{@code /n}, else 0; for descriptions
 * @param values plain values
 * @param fromEnd for days of the month: bit n stands for {@code L-n}
 * @param lastWeekdays for days of the week: bit n stands for {@code nL}
 * @param nthWeekdays for days of the week: bit {@code 7 * (k - 1) + n} stands for {@code n#k}
 */
record FieldValues(boolean any, int step, long values, long fromEnd, long lastWeekdays, long nthWeekdays) {

    /** Exactly one plain value and nothing else. */
    boolean isSingle() {
        return Long.bitCount(values) == 1 && fromEnd == 0 && lastWeekdays == 0 && nthWeekdays == 0;
    }

    int single() {
        return Long.numberOfTrailingZeros(values);
    }

    boolean isEvery(CronField field) {
        return values == Bits.range(field.least, field.last, 1);
    }
}
