package io.penstock.common.figures;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * How often which time occurred, in buckets that grow by a fifth, so that a percentile is at most that much off. Histograms
 * of several queues, workers and minutes are added up bucket by bucket. The bounds are part of what is stored and must never change.
 */
public final class Histogram {

    /** Four to each doubling, up to 37 hours. */
    public static final int BUCKETS = 110;

    private static final int STEPS = 4;

    static final Histogram EMPTY = new Histogram(new long[BUCKETS]);

    private final long[] counts;

    private Histogram(long[] counts) {
        this.counts = counts;
    }

    /** @param count how often a time of this bucket occurred */
    static Histogram of(IntToLongFunction count) {
        return new Histogram(IntStream.range(0, BUCKETS).mapToLong(count).toArray());
    }

    /** As it was stored: without zeros at the end. */
    static Histogram stored(Long[] counts) {
        return of(i -> i < counts.length ? counts[i] : 0);
    }

    /** Without zeros at the end. */
    Long[] toStore() {
        int length = BUCKETS;
        while (length > 0 && counts[length - 1] == 0) {
            length--;
        }
        return Arrays.stream(counts, 0, length).boxed().toArray(Long[]::new);
    }

    public Histogram plus(Histogram other) {
        return of(i -> counts[i] + other.counts[i]);
    }

    /**
     * Where a time belongs.
     *
     * @param ms negative counts as 0
     */
    public static int bucketOf(long ms) {
        if (ms < 1) {
            return 0;
        }
        int doublings = 63 - Long.numberOfLeadingZeros(ms);
        int step = (int) ((ms << 2 >> doublings) & 3);
        return Math.min(BUCKETS - 1, 1 + STEPS * doublings + step);
    }

    /** The least time that falls into a bucket, ms. */
    static double boundOf(int bucket) {
        if (bucket < 1) {
            return 0;
        }
        int doublings = (bucket - 1) / STEPS;
        int step = (bucket - 1) % STEPS;
        return Math.pow(2, doublings) * (1 + step / (double) STEPS);
    }

    /**
     * The time that a share of all does not exceed, ms; empty where nothing was counted.
     *
     * @param share 0 to 1
     */
    public OptionalLong percentile(double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        if (all == 0) {
            return OptionalLong.empty();
        }
        double wanted = share * all;
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            if (below + counts[i] >= wanted && counts[i] > 0) {
                double within = Math.max(0, wanted - below) / counts[i];
                return OptionalLong.of(Math.round(boundOf(i) + within * (boundOf(i + 1) - boundOf(i))));
            }
            below += counts[i];
        }
        return OptionalLong.of(Math.round(boundOf(counts.length)));
    }
}
