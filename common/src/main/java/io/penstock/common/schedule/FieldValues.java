package io.penstock.common.schedule;

/**
 * What one field of an expression matches.
 *
 * @param any the field begins with {@code *} or {@code ?} and so does not restrict its day, as Unix has it
 * @param repeats the field holds a {@code *}, a step or a range, so that what it stands for comes again and again
 * @param step n of a lone {@code *}{@code /n}, else 0; for descriptions
 * @param values plain values
 * @param fromEnd for days of the month: bit n stands for {@code L-n}
 * @param nearest for days of the month: bit n stands for {@code nW}
 * @param nearestFromEnd for days of the month: bit n stands for {@code L-nW}, bit 0 for {@code LW}
 * @param lastWeekdays for days of the week: bit n stands for {@code nL}
 * @param nthWeekdays for days of the week: bit {@code 7 * (k - 1) + n} stands for {@code n#k}
 */
record FieldValues(
        boolean any,
        boolean repeats,
        int step,
        long values,
        long fromEnd,
        long nearest,
        long nearestFromEnd,
        long lastWeekdays,
        long nthWeekdays) {

    /** One plain value and nothing else. */
    static FieldValues only(int value) {
        return new FieldValues(false, false, 0, Bits.of(value), 0, 0, 0, 0, 0);
    }

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
