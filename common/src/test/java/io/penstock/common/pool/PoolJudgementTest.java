package io.penstock.common.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolJudgementTest {

    private static PoolState state(int inUse, int waiting, long done, long failed, long diverted) {
        return new PoolState("read", 10, inUse, waiting, true, done, failed, diverted, 1, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, '', HEALTHY",
        "7, 0, 100, 0, '', HEALTHY",
        "8, 0, 100, 0, '', WARNING",
        "9, 0, 100, 0, '', WARNING",
        "10, 0, 100, 0, '', CRITICAL",
        "10, 1, 100, 0, '', CRITICAL",
        "1, 0, 80, 20, '', WARNING",
        "1, 0, 8, 2, '', HEALTHY",
        "0, 0, 0, 0, 'does not answer', CRITICAL",
    })
    void aPoolIsAsItsUseAndItsAnswersSay(
            int inUse, int waiting, long done, long failed, String fault, PoolHealth expected) {
        assertThat(PoolHealth.of(state(inUse, waiting, done, failed, 0), fault)).isEqualTo(expected);
    }

    @Test
    void theWorstPoolIsTheWhole() {
        assertThat(PoolHealth.overall(List.of(PoolHealth.HEALTHY, PoolHealth.CRITICAL, PoolHealth.WARNING)))
                .isEqualTo(PoolHealth.CRITICAL);
        assertThat(PoolHealth.overall(List.of())).isEqualTo(PoolHealth.HEALTHY);
    }

    @Test
    void whereCallersWaitedTheSizeIsToGrow() {
        PoolAdvice advice = PoolAdvice.of(state(3, 0, 50, 0, 0), List.of(4, 14)).orElseThrow();

        assertThat(advice.to()).isEqualTo(17);
        assertThat(advice.setting()).isEqualTo("penstock.pools.read.max-size");
        assertThat(advice.reason()).contains("4 callers waited");
        assertThat(advice.effect()).contains("7 more connections");
    }

    @Test
    void whereManyReadsWereDivertedTheSizeIsToGrow() {
        assertThat(PoolAdvice.of(state(3, 0, 50, 0, 10), List.of(4))
                        .orElseThrow()
                        .to())
                .isEqualTo(15);
    }

    @Test
    void whereLittleIsEverInUseTheSizeIsToShrinkOnceEnoughIsKnown() {
        List<Integer> peaks = Collections.nCopies(10, 2);

        assertThat(PoolAdvice.of(state(1, 0, 5_000, 0, 0), peaks).orElseThrow().to())
                .isEqualTo(4);
        assertThat(PoolAdvice.of(state(1, 0, 500, 0, 0), peaks)).isEmpty();
        assertThat(PoolAdvice.of(state(1, 0, 5_000, 0, 0), List.of(2))).isEmpty();
        assertThat(PoolAdvice.of(state(5, 0, 5_000, 0, 0), peaks)).isEmpty();
    }
}
