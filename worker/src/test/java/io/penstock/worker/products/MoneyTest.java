package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.products.Marketplace;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "US | $1,299.00      | 1299.00 | USD",
                "DE | 1.299,00 €     | 1299.00 | EUR",
                "DE | 1.299,00 EUR   | 1299.00 | EUR",
                "US | USD 1,299.00   | 1299.00 | USD",
                "US | $19.99         | 19.99   | USD",
                "US | 19.9           | 19.9    | USD",
                "US | US$5           | 5       | USD",
                "CA | $12.00         | 12.00   | CAD",
                "CA | CA$12.00       | 12.00   | CAD",
                "US | 1,234,567.89   | 1234567.89 | USD",
                "US | $1,299         | 1299    | USD",
                "DE | 1.299 €        | 1299    | EUR",
                "DE | EUR 12,5       | 12.5    | EUR",
                "DE | 12.99 €        | 12.99   | EUR",
                "FR | 1 299,00 €     | 1299.00 | EUR",
                "FR | 1\u202f299,00\u00a0€ | 1299.00 | EUR",
                "UK | £0.01          | 0.01    | GBP",
                "JP | ￥1,980        | 1980    | JPY",
                "JP | 1980円         | 1980    | JPY",
                "US | 0              | 0       | USD",
                "US | Price: $7.50   | 7.50    | USD",
            })
    void readsPricesAsPeopleWriteThem(Marketplace market, String text, BigDecimal amount, String currency) {
        assertThat(Money.of(text, market)).contains(new Money(amount, currency));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "free",
                "$",
                "Currently unavailable",
                "$10.00 - $20.00",
                "$10.00 $20.00 off",
                "-$5.00",
                "$1,2,3",
                "$12,34.00",
                "$1.299.00",
                "1,299,00",
                "$1.299",
                "$1.2.3",
                "12.345,67,89",
                "50%",
                "$99999999999999999999",
                "$1e5000000",
                "NaN"
            })
    void makesNothingOfOthers(String text) {
        assertThat(Money.of(text, Marketplace.US)).isEmpty();
    }

    @Test
    void takesNumbersThatAreNumbers() {
        assertThat(Money.of(new BigDecimal("12.345"), Marketplace.DE))
                .contains(new Money(new BigDecimal("12.35"), "EUR"));
        assertThat(Money.of(new BigDecimal("-1"), Marketplace.DE)).isEmpty();
        assertThat(Money.of(new BigDecimal("1e900000000"), Marketplace.DE)).isEmpty();
    }
}
