package io.penstock.common.products;

import static io.penstock.common.products.AnomalyKind.BUY_BOX;
import static io.penstock.common.products.AnomalyKind.PRICE;
import static io.penstock.common.products.AnomalyKind.RANK;
import static io.penstock.common.products.AnomalyKind.RATING;
import static io.penstock.common.products.AnomalyKind.REVIEWS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchRuleTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private record Settings(Duration settle, Duration quiet, Duration reviewWindow, int reviewsAtLeast)
            implements ProductsConfig.Anomalies {}

    private final WatchRule rule =
            new WatchRule(new Settings(Duration.ofHours(24), Duration.ofHours(6), Duration.ofHours(24), 10));

    /** What is told of values that are read an hour apart: after which value, from which to which. */
    private List<String> told(AnomalyKind kind, double threshold, String... values) {
        return told(Duration.ofHours(1), kind, threshold, values);
    }

    private List<String> told(Duration apart, AnomalyKind kind, double threshold, String... values) {
        List<String> told = new ArrayList<>();
        Watch watch = null;
        for (int i = 0; i < values.length; i++) {
            WatchRule.Decision decision =
                    rule.decide(kind, watch, values[i], threshold, START.plus(apart.multipliedBy(i)));
            watch = decision.watch();
            WatchRule.Event event = decision.event();
            if (event != null) {
                told.add(i + ": " + event.before() + " to " + event.after());
            }
        }
        return told;
    }

    @ParameterizedTest
    @CsvSource({
        "PRICE,  10,  100,   110,   false",
        "PRICE,  10,  100,   110.01, true",
        "PRICE,  10,  100,   90,    false",
        "PRICE,  10,  100,   89.99, true",
        "PRICE,  10,  19.99, 21.98, false",
        "PRICE,  10,  0,     0,     false",
        "PRICE,  10,  0,     1,     true",
        "PRICE,  10,  100,   0,     true",
        "PRICE,  25,  100,   120,   false",
        "RANK,   30,  100,   130,   false",
        "RANK,   30,  100,   131,   true",
        "RANK,   30,  100,   69,    true",
        "RATING, 0.3, 4.4,   4.1,   false",
        "RATING, 0.3, 4.4,   4.0,   true",
        "RATING, 0.3, 4.4,   4.8,   true",
        "REVIEWS, 20, 100,   120,   false",
        "REVIEWS, 20, 100,   121,   true",
        "REVIEWS, 20, 2,     9,     false",
        "REVIEWS, 20, 0,     10,    true",
        "REVIEWS, 20, 200,   100,   false",
    })
    void tellsWhatIsBeyondTheThreshold(AnomalyKind kind, double threshold, String before, String after, boolean told) {
        assertThat(told(kind, threshold, before, after)).hasSize(told ? 1 : 0);
    }

    @Test
    void tellsAnEventOnceHoweverLongItLasts() {
        assertThat(told(PRICE, 10, "100", "120", "120", "121", "119", "120")).containsExactly("1: 100 to 120");
    }

    @Test
    void takesATrembleAroundTheThresholdForOneEvent() {
        assertThat(told(PRICE, 10, "100", "111", "109", "111", "108", "112")).containsExactly("1: 100 to 111");
    }

    @Test
    void tellsOfAFurtherMoveByTheThreshold() {
        assertThat(told(PRICE, 10, "100", "112", "130", "130")).containsExactly("1: 100 to 112", "2: 112 to 130");
    }

    @Test
    void tellsASlowDriftOnce() {
        assertThat(told(PRICE, 10, "100", "103", "106", "109", "112", "115")).containsExactly("4: 100 to 112");
    }

    @Test
    void isQuietAboutWhatComesAndGoesWithinAShortWhile() {
        assertThat(told(PRICE, 10, "100", "120", "100", "120", "100", "120")).containsExactly("1: 100 to 120");
        assertThat(told(Duration.ofHours(7), PRICE, 10, "100", "120", "100", "120"))
                .containsExactly("1: 100 to 120", "3: 100 to 120");
    }

    @Test
    void takesWhatStaysForTheNewNormal() {
        assertThat(told(Duration.ofHours(12), PRICE, 10, "100", "120", "120", "120", "125", "100"))
                .containsExactly("1: 100 to 120", "5: 120 to 100");
    }

    @Test
    void tellsOfRanksInBothDirections() {
        assertThat(told(Duration.ofHours(7), RANK, 30, "1000", "600", "1000", "1500"))
                .containsExactly("1: 1000 to 600", "3: 1000 to 1500");
    }

    @Test
    void tellsOfRatingsInStars() {
        assertThat(told(RATING, 0.3, "4.4", "4.2", "4", "3.9")).containsExactly("2: 4.4 to 4");
    }

    @Test
    void tellsOfASurgeOfReviewsOnceAndNotOfSlowGrowth() {
        assertThat(told(REVIEWS, 20, "100", "130", "140", "150")).containsExactly("1: 100 to 130");
        assertThat(told(Duration.ofHours(24), REVIEWS, 20, "100", "115", "130", "145"))
                .isEmpty();
        assertThat(told(Duration.ofHours(24), REVIEWS, 20, "100", "130", "170"))
                .containsExactly("1: 100 to 130", "2: 130 to 170");
    }

    @Test
    void tellsOfAnotherSellerOnceAndNotOfOneWhoComesAndGoes() {
        assertThat(told(BUY_BOX, 0, "Amazon", "Amazon", "Shop", "Shop")).containsExactly("2: Amazon to Shop");
        assertThat(told(BUY_BOX, 0, "Amazon", "Shop", "Amazon", "Shop", "Amazon"))
                .containsExactly("1: Amazon to Shop");
        assertThat(told(BUY_BOX, 0, "Amazon", "Shop", "Other"))
                .containsExactly("1: Amazon to Shop", "2: Shop to Other");
        assertThat(told(Duration.ofHours(25), BUY_BOX, 0, "Amazon", "Shop", "Shop", "Amazon"))
                .containsExactly("1: Amazon to Shop", "3: Shop to Amazon");
    }
}
