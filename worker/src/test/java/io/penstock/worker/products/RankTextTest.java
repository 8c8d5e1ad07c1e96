package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.products.CategoryRank;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankTextTest {

    @Test
    void readsAllCategoriesTheWidestFirst() {
        assertThat(RankText.ranks("#73 in Electronics (See Top 100 in Electronics) #1 in Open-Ear Headphones"))
                .hasValueSatisfying(ranks -> assertThat(ranks)
                        .containsExactly(
                                new CategoryRank(73, "Electronics"), new CategoryRank(1, "Open-Ear Headphones")));
        assertThat(RankText.ranks("#1,234 in X (See Top 100 in X) #3 in Y"))
                .hasValueSatisfying(ranks ->
                        assertThat(ranks).containsExactly(new CategoryRank(1_234, "X"), new CategoryRank(3, "Y")));
    }

    @Test
    void readsOtherLanguagesAndLines() {
        assertThat(RankText.ranks(
                        "Nr. 1.234 in Elektronik & Foto (Siehe Top 100 in Elektronik & Foto)\n Nr. 5 in Kopfhörer"))
                .hasValueSatisfying(ranks -> assertThat(ranks)
                        .containsExactly(
                                new CategoryRank(1_234, "Elektronik & Foto"), new CategoryRank(5, "Kopfhörer")));
        assertThat(RankText.ranks("nº 7 en Hogar"))
                .hasValueSatisfying(ranks -> assertThat(ranks).containsExactly(new CategoryRank(7, "Hogar")));
    }

    @Test
    void keepsThePlacesThatMakeSense() {
        assertThat(RankText.ranks("#0 in A #99999999999 in B #12 in C"))
                .hasValueSatisfying(ranks -> assertThat(ranks).containsExactly(new CategoryRank(12, "C")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "#", "# in X", "#abc in X", "73", "in Electronics", "(See Top 100 in X)"})
    void makesNothingOfOthers(String text) {
        assertThat(RankText.ranks(text)).isEmpty();
    }

    @Test
    void isQuickAboutNonsense() {
        assertThat(RankText.ranks("#1 in ".repeat(600)))
                .satisfiesAnyOf(ranks -> assertThat(ranks).isEmpty(), ranks -> assertThat(ranks)
                        .isPresent());
        assertThat(RankText.ranks("#1 in X ".repeat(100_000))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4.4 out of 5 stars | 4.4",
                "4,4 von 5 Sternen  | 4.4",
                "5つ星のうち4.4      | 4.4",
                "4                  | 4",
                "5.0                | 5.0",
                "0 stars            | 0"
            })
    void readsStars(String text, BigDecimal stars) {
        assertThat(Counts.stars(text)).contains(stars);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "out of 5", "5.1", "6", "44 out of 5", "4.4.4", "-1", "four", "4.444 stars"})
    void makesNoStarsOfOthers(String text) {
        assertThat(Counts.stars(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "1,234 | 1234",
                "1.234 Sternebewertungen | 1234",
                "12,345,678 ratings | 12345678",
                "(57) | 57",
                "1 rating | 1"
            })
    void countsReviews(String text, int count) {
        assertThat(Counts.count(text)).contains(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "-5", "1,23", "1,2345", "1,234.567", "99999999999", "1 of 2", "3.5"})
    void countsNothingInOthers(String text) {
        assertThat(Counts.count(text)).isEmpty();
    }
}
