package io.penstock.api.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.history.HistorySearch.PayloadValue;
import io.penstock.common.queue.JobBrowser.DelayedSample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadMatchTest {

    private static final String PAYLOAD =
            "{\"id\":9007199254740993,\"price\":1.50,\"ok\":true,\"none\":null,\"list\":[{\"asin\":\"B0\"},2],\"o\":{}}";

    @ParameterizedTest
    @CsvSource({
        "id, 9007199254740993, true",
        "id, 9007199254740992, false",
        "price, 1.50, true",
        "ok, true, true",
        "list.0.asin, B0, true",
        "list.1, 2, true",
        "list.x, 2, false",
        "list.7, 2, false",
        "none, null, false",
        "o, {}, false",
        "id.deeper, 1, false",
    })
    void scalarsAreComparedAsTheyAreWritten(String path, String value, boolean expected) {
        PayloadValue wanted = new PayloadValue(List.of(path.split("\\.")), value);
        assertThat(PayloadMatch.hasAll(PAYLOAD, List.of(wanted))).isEqualTo(expected);
    }

    @Test
    void whatIsNoJsonHasNoValues() {
        PayloadValue wanted = new PayloadValue(List.of("a"), "1");
        assertThat(PayloadMatch.hasAll(null, List.of(wanted))).isFalse();
        assertThat(PayloadMatch.hasAll("{broken", List.of(wanted))).isFalse();
        assertThat(PayloadMatch.hasAll(null, List.of())).isTrue();
    }

    @Test
    void aSampleSaysHowTheRestDivides() {
        assertThat(StateCounts.of(new DelayedSample(0, 0, 0)))
                .isEqualTo(new StateCounts.Delayed(Estimate.exactly(0), Estimate.NONE));
        assertThat(StateCounts.of(new DelayedSample(4, 4, 1)))
                .isEqualTo(new StateCounts.Delayed(Estimate.exactly(3), Estimate.exactly(1)));
        assertThat(StateCounts.of(new DelayedSample(1000, 100, 25)))
                .isEqualTo(new StateCounts.Delayed(Estimate.about(750), Estimate.about(250)));
    }
}
