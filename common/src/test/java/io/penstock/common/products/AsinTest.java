package io.penstock.common.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsinTest {

    @ParameterizedTest
    @ValueSource(strings = {"B08N5WRWNW", "B000000000", "BZZZZZZZZZ", "0306406152", "080442957X"})
    void takesIdsOfTheMarketplace(String asin) {
        assertThat(Asin.checked("asin", asin)).isEqualTo(asin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "B08N5WRWN",
                "B08N5WRWNWX",
                "b08n5wrwnw",
                "B08N5WRWNW ",
                " B08N5WRWNW",
                "B08N5WRW\n",
                "B08N5WRWNW\n",
                "A08N5WRWNW",
                "B08N5-RWNW",
                "B08N5WRWN\u0130",
                "B08N5WRWN\uFF11",
                "X804429570",
                "08044295XX",
                "https://www.amazon.com/dp/B08N5WRWNW",
                "B08N5WRWNW/../x",
                "null"
            })
    void refusesAllOthers(String asin) {
        assertThat(Asin.isOne(asin)).isFalse();
        assertThatThrownBy(() -> Asin.checked("asin", asin))
                .isInstanceOf(InvalidProductException.class)
                .hasMessageStartingWith("asin: must be an ASIN");
    }
}
