package io.penstock.common.schedule;

/** A set of small numbers, one bit each. */
final class Bits {

    private Bits() {}

    static long of(int value) {
        return 1L << value;
    }

    /** {@code from}, {@code from + step}, … up to {@code to}. */
    static long range(int from, int to, int step) {
        long bits = 0;
        for (int value = from; value <= to; value += step) {
            bits |= of(value);
        }
        return bits;
    }

    static boolean has(long bits, int value) {
        return value < Long.SIZE && (bits & of(value)) != 0;
    }

    /** The smallest member that is at least {@code from}; -1 when there is none. */
    static int next(long bits, int from) {
        long rest = from >= Long.SIZE ? 0 : bits >>> from << from;
        return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
    }
}
