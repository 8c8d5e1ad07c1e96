package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.products.CategoryRank;
import io.penstock.common.products.Items.Claimed;
import io.penstock.common.products.ProductReading;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemParserTest {

    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Claimed FIRST = new Claimed(1, "US", "B000000001");
    private static final Claimed SECOND = new Claimed(2, "US", "B000000002");

    private final ItemParser parser = new ItemParser(new ObjectMapper());

    private Dataset parse(String answer, Claimed... asked) {
        return parser.parse(answer.getBytes(StandardCharsets.UTF_8), List.of(asked), NOW);
    }

    private ProductReading first(String fields) {
        Dataset dataset = parse("[{\"statusCode\":200,\"asin\":\"B000000001\"," + fields + "}]", FIRST);
        return Objects.requireNonNull(dataset.readings().get(1L));
    }

    @Test
    void readsTheRealFormat() {
        ProductReading reading = first(
                """
                "title":"Open-Ear Headphones\\n by Acme","manufacturer":"Acme","price":"$1,299.00","retailPrice":"$1,499.00",
                "countReview":"1,234","productRating":"4.4 out of 5 stars","soldBy":"Acme Store","fulfilledBy":"Amazon",
                "warehouseAvailability":"In Stock","features":["Light","Loud",null,""],"imageUrlList":["https://img/1.jpg"],
                "productDetails":[{"name":"ASIN","value":"B000000001"},
                  {"name":"Best Sellers Rank","value":"#73 in Electronics (See Top 100 in Electronics) #1 in Open-Ear Headphones"}],
                "categoriesExtended":[{"name":"Electronics","url":"/x","node":"1"},{"name":"Headphones"}],
                "buyBoxUsed":null,"deal":false,"prime":true,"pastSales":"1K+ bought in past month","reviews":[{"x":1}]
                """);
        assertThat(reading)
                .isEqualTo(new ProductReading(
                        "B000000001",
                        "Open-Ear Headphones by Acme",
                        "Acme",
                        null,
                        List.of("https://img/1.jpg"),
                        List.of("Light", "Loud"),
                        List.of("Electronics", "Headphones"),
                        List.of(new CategoryRank(73, "Electronics"), new CategoryRank(1, "Open-Ear Headphones")),
                        new BigDecimal("1299.00"),
                        new BigDecimal("1499.00"),
                        "USD",
                        new BigDecimal("4.4"),
                        1_234,
                        "Acme Store",
                        "Amazon",
                        "In Stock",
                        true,
                        false,
                        List.of()));
    }

    @Test
    void takesNullEverywhere() {
        ProductReading reading = first(
                """
                "title":null,"manufacturer":null,"price":null,"retailPrice":null,"countReview":null,"productRating":null,
                "soldBy":null,"fulfilledBy":null,"warehouseAvailability":null,"features":null,"imageUrlList":null,
                "productDetails":null,"categoriesExtended":null,"buyBoxUsed":null,"deal":null,"prime":null,"pastSales":null,
                "reviews":null
                """);
        assertThat(reading.unreadable()).isEmpty();
        assertThat(reading.price()).isNull();
        assertThat(reading.title()).isNull();
        assertThat(reading.ranks()).isEmpty();
    }

    @Test
    void takesEmptyListsAndTextsEverywhere() {
        ProductReading reading = first(
                """
                "title":"","manufacturer":" ","price":"","retailPrice":"","countReview":"","productRating":"","soldBy":"",
                "fulfilledBy":"","warehouseAvailability":"","features":[],"imageUrlList":[],"productDetails":[],
                "categoriesExtended":[],"reviews":[]
                """);
        assertThat(reading.unreadable()).isEmpty();
        assertThat(reading.price()).isNull();
        assertThat(reading.title()).isNull();
        assertThat(reading.features()).isEmpty();
        assertThat(reading.imageUrls()).isEmpty();
        assertThat(reading.categories()).isEmpty();
        assertThat(reading.ranks()).isEmpty();
    }

    @Test
    void leavesOutWhatMakesNoSenseAndNothingElse() {
        ProductReading reading = first(
                """
                "title":{"a":1},"price":"$10 - $20","retailPrice":[1],"countReview":"lots","productRating":"six","prime":"maybe",
                "features":"none","imageUrlList":[{"x":1},"https://img/1.jpg"],"categoriesExtended":7,
                "productDetails":[{"name":"Best Sellers Rank:","value":"unranked"}],"soldBy":"Acme"
                """);
        assertThat(reading.unreadable())
                .containsExactlyInAnyOrder(
                        "title",
                        "price",
                        "retailPrice",
                        "countReview",
                        "productRating",
                        "prime",
                        "features",
                        "imageUrlList",
                        "categoriesExtended",
                        "bestSellersRank");
        assertThat(reading.buyBox()).isEqualTo("Acme");
        assertThat(reading.imageUrls()).containsExactly("https://img/1.jpg");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"price\":19.99 | 19.99",
                "\"price\":{\"value\":5,\"currency\":\"$\"} | 5.00",
                "\"price\":\"1299\" | 1299",
            })
    void takesPricesOfAllForms(String fields, BigDecimal price) {
        assertThat(first(fields).price()).isEqualByComparingTo(price);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"price\":1e400000000",
                "\"price\":-1",
                "\"price\":true",
                "\"countReview\":1e9999",
                "\"countReview\":-3",
                "\"productRating\":9",
                "\"title\":\"\\ud800\\u0000\"",
                "\"title\":true"
            })
    void survivesOddValues(String fields) {
        ProductReading reading = first(fields);
        assertThat(reading.price()).isNull();
        assertThat(reading.reviewCount()).isNull();
        assertThat(reading.rating()).isNull();
    }

    @Test
    void cutsWhatIsFarTooLong() {
        ProductReading reading =
                first("\"title\":\"" + "x".repeat(200_000) + "\",\"features\":[" + "\"y\",".repeat(5_000) + "\"y\"]");
        assertThat(Objects.requireNonNull(reading.title())).hasSize(1_000);
        assertThat(reading.features()).hasSize(50);
    }

    @ParameterizedTest
    @CsvSource({"404, missing", "410, missing", "503, blocked", "429, blocked", "500, blocked", "0, blocked"})
    void tellsWhatIsGoneFromWhatFailed(int status, String expected) {
        Dataset dataset = parse(
                "[{\"statusCode\":" + status
                        + ",\"asin\":\"B000000001\"},{\"statusCode\":200,\"asin\":\"B000000002\"}]",
                FIRST,
                SECOND);
        assertThat(dataset.missing()).isEqualTo(expected.equals("missing") ? List.of(1L) : List.of());
        assertThat(dataset.blocked()).isEqualTo(expected.equals("blocked") ? List.of(1L) : List.of());
        assertThat(dataset.readings()).containsOnlyKeys(2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Robot Check", "Enter the CAPTCHA", "Sorry! Something went wrong!", "Are you a human?"})
    void knowsPagesForRobots(String title) {
        Dataset dataset = parse(
                "[{\"statusCode\":200,\"asin\":null,\"url\":\"https://www.amazon.com/dp/B000000001\",\"title\":\""
                        + title + "\",\"price\":null}]",
                FIRST);
        assertThat(dataset.readings()).isEmpty();
        assertThat(dataset.blocked()).containsExactly(1L);
    }

    @Test
    void leavesOutProductsThatWereNotAskedFor() {
        Dataset dataset = parse(
                "[{\"statusCode\":200,\"asin\":\"B000000009\",\"title\":\"other\"},{\"statusCode\":200,\"asin\":\"B000000002\"}]",
                FIRST,
                SECOND);
        assertThat(dataset.readings()).containsOnlyKeys(2L);
        assertThat(dataset.strangers()).isEqualTo(1);
        assertThat(dataset.missing()).containsExactly(1L);
    }

    @Test
    void takesTheGoodOneOfTwo() {
        Dataset dataset = parse(
                "[{\"statusCode\":503,\"asin\":\"B000000001\"},{\"statusCode\":200,\"asin\":\"B000000001\",\"title\":\"x\"},"
                        + "{\"statusCode\":200,\"asin\":\"B000000001\",\"title\":\"y\"}]",
                FIRST);
        assertThat(Objects.requireNonNull(dataset.readings().get(1L)).title()).isEqualTo("x");
        assertThat(dataset.blocked()).isEmpty();
    }

    @Test
    void asksAgainWhereNothingCame() {
        assertThat(parse("[]", FIRST, SECOND).blocked()).containsExactly(1L, 2L);
        assertThat(parse("[null,7,\"x\",[],{}]", FIRST).blocked()).containsExactly(1L);
        assertThat(parse("[null,7,\"x\",[],{}]", FIRST).senseless()).isEqualTo(5);
    }

    @Test
    void keepsWhatCameBeforeTheAnswerBrokeOff() {
        Dataset dataset = parse(
                "[{\"statusCode\":200,\"asin\":\"B000000001\",\"title\":\"x\"},{\"statusCode\":200,\"asin\":\"B0000",
                FIRST,
                SECOND);
        assertThat(dataset.readings()).containsOnlyKeys(1L);
        assertThat(dataset.blocked()).containsExactly(2L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "{}",
                "7",
                "{\"error\":{\"type\":\"run-failed\"}}",
                "[{\"statusCode\":200,\"asi",
                "[",
                "<html><title>Robot Check</title></html>",
                "not json"
            })
    void blamesTheScraperForWhatIsNoList(String answer) {
        assertThatThrownBy(() -> parse(answer, FIRST)).isInstanceOf(UpstreamFaultException.class);
    }
}
