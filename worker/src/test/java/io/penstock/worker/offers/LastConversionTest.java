package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LastConversionTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "51min, 3060",
                "6h18min, 22680",
                "0min, 0",
                "5m, 300",
                "2h, 7200",
                "1d, 86400",
                "< 1m, 0",
                "<1m, 0",
                "< 1 min, 0",
                "just now, 0",
                "Just Now, 0",
                "now, 0",
                "1m30s, 90",
                "30s, 30",
                "5, 300",
                "0, 0",
                "1d2h, 93600",
                "1d 2h 3m 4s, 93784",
                "\" 7min \", 420",
                "2 hours, 7200",
                "3 weeks, 1814400",
                "1w 2d, 777600",
                "90min, 5400"
            })
    void readsEveryFormOfTheFeed(String text, int seconds) throws Exception {
        assertThat(LastConversion.seconds(text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "soon",
                "-5",
                "5.5",
                "1x",
                "m",
                "18min6h",
                "< 5m",
                "5m5m",
                "N/A",
                "-",
                "9999w",
                "99999999999",
                "99999d",
                "9999999999999999999min",
                "1d\0"
            })
    void refusesWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> LastConversion.seconds(text)).isInstanceOf(UnreadableFieldException.class);
    }
}
