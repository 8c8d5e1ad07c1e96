package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** From samples to medians, ratios and a judgement. */
class ComparisonTest {

    @Test
    void takesTheMedianOfAnOddNumberOfRounds() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 900, 100, 300)
                .compared();

        assertThat(comparison.median(Promise.ONE_SLOT, Side.BULLMQ)).hasValue(300);
    }

    @Test
    void takesTheMiddleOfTheTwoMedianRoundsOfAnEvenNumber() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 900, 100, 300, 400)
                .compared();

        assertThat(comparison.median(Promise.ONE_SLOT, Side.BULLMQ)).hasValue(350);
    }

    @Test
    void comparesMediansWithBullMq() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 900, 100, 300)
                .of(Contest.WORKER_1, Side.BEE_QUEUE, Figure.JOBS_PER_SECOND, 600)
                .of(Contest.WORKER_1, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 1_300, 1_200, 1_100)
                .compared();

        assertThat(comparison.ratio(Promise.ONE_SLOT, Side.BEE_QUEUE)).hasValue(2.0);
        assertThat(comparison.ratio(Promise.ONE_SLOT, Side.PENSTOCK)).hasValue(4.0);
    }

    @Test
    void aTargetIsMetByItsVeryBound() {
        assertThat(oneSlotAt(1_200).isMet(Promise.ONE_SLOT)).contains(true);
        assertThat(oneSlotAt(1_199).isMet(Promise.ONE_SLOT)).contains(false);
    }

    private static Comparison oneSlotAt(double penstock) {
        return new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 300)
                .of(Contest.WORKER_1, Side.PENSTOCK, Figure.JOBS_PER_SECOND, penstock)
                .compared();
    }

    @Test
    void lessIsMoreWhereThePromiseIsACost() {
        Comparison comparison = new Samples()
                .of(Contest.MEMORY, Side.BULLMQ, Figure.BYTES, 800)
                .of(Contest.MEMORY, Side.PENSTOCK, Figure.BYTES, 240)
                .of(Contest.PICKUP, Side.BULLMQ, Figure.P99, 2)
                .of(Contest.PICKUP, Side.PENSTOCK, Figure.P99, 3)
                .compared();

        assertThat(comparison.isMet(Promise.MEMORY)).contains(true);
        assertThat(comparison.isMet(Promise.PICK_UP)).contains(false);
    }

    @Test
    void comparesUpsertsWithTheSameUpsertsWithoutAQueue() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_UPSERT, Side.NO_QUEUE, Figure.JOBS_PER_SECOND, 10_000)
                .of(Contest.WORKER_UPSERT, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 8_000)
                .compared();

        assertThat(comparison.ratio(Promise.UPSERT, Side.PENSTOCK).getAsDouble())
                .isCloseTo(0.8, within(1e-9));
        assertThat(comparison.isMet(Promise.UPSERT)).contains(true);
    }

    @Test
    void judgesNothingWhereNothingIsPromised() {
        Comparison comparison = new Samples()
                .of(Contest.PICKUP, Side.BULLMQ, Figure.P50, 1)
                .of(Contest.PICKUP, Side.PENSTOCK, Figure.P50, 0.5)
                .compared();

        assertThat(comparison.isMet(Promise.PICK_UP_MEDIAN)).isEmpty();
    }

    /** Of few jobs Redis may tell no CPU time at all. */
    @Test
    void hasNoRatioToNothing() {
        Comparison comparison = new Samples()
                .of(Contest.E2E, Side.BULLMQ, Figure.REDIS_MICROS, 0)
                .of(Contest.E2E, Side.PENSTOCK, Figure.REDIS_MICROS, 3)
                .compared();

        assertThat(comparison.ratio(Promise.REDIS_CPU, Side.PENSTOCK)).isEmpty();
        assertThat(comparison.isMet(Promise.REDIS_CPU)).isEmpty();
    }

    @Test
    void hasOnlyThePromisesThatWereMeasured() {
        assertThat(oneSlotAt(1).promises()).containsExactly(Promise.ONE_SLOT);
    }
}
