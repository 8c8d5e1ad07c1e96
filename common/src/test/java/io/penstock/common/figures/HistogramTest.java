package io.penstock.common.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    private static Histogram of(LongStream times) {
        long[] counts = new long[Histogram.BUCKETS];
        times.forEach(ms -> counts[Histogram.bucketOf(ms)]++);
        return Histogram.of(i -> counts[i]);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 7, 100, 999, 1_000, 60_000, 86_400_000})
    void aTimeIsBetweenTheBoundsOfItsBucket(long ms) {
        int bucket = Histogram.bucketOf(ms);
        assertThat((double) ms).isBetween(Histogram.boundOf(bucket), Histogram.boundOf(bucket + 1));
    }

    @Test
    void bucketsNeverGoBack() {
        for (long ms = 0; ms < 100_000; ms++) {
            assertThat(Histogram.bucketOf(ms + 1)).isGreaterThanOrEqualTo(Histogram.bucketOf(ms));
        }
        assertThat(Histogram.bucketOf(-5)).isZero();
        assertThat(Histogram.bucketOf(Long.MAX_VALUE)).isEqualTo(Histogram.BUCKETS - 1);
    }

    @Test
    void percentilesAreAFifthOffAtMost() {
        Histogram times = of(LongStream.rangeClosed(1, 1_000));
        assertThat(times.percentile(0.5).getAsLong()).isBetween(400L, 600L);
        assertThat(times.percentile(0.99).getAsLong()).isBetween(800L, 1_200L);
        assertThat(Histogram.EMPTY.percentile(0.5)).isEmpty();
    }

    @Test
    void whatIsStoredIsReadAgain() {
        Histogram times = of(LongStream.of(1, 5, 5, 300));
        Histogram again = Histogram.stored(times.toStore());
        assertThat(again.percentile(0.99)).isEqualTo(times.percentile(0.99));
        assertThat(times.plus(again).toStore()).hasSameSizeAs(times.toStore());
        assertThat(Histogram.EMPTY.toStore()).isEmpty();
    }
}
