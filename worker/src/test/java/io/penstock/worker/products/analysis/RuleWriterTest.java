package io.penstock.worker.products.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.products.Item;
import io.penstock.common.products.NewReport.Suggestion;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RuleWriterTest {

    private static final String LONG =
            "Brand large stunt kite for beginners and children with two handles and a bag, 160 cm wide, red";

    static Item item(String title, @Nullable String price) {
        return item(title, price, "USD", 8, List.of("a", "b", "c", "d", "e"), "d".repeat(300), "4.5", Instant.EPOCH);
    }

    private static Item item(
            @Nullable String title,
            @Nullable String price,
            @Nullable String currency,
            int images,
            List<String> features,
            @Nullable String description,
            @Nullable String rating,
            @Nullable Instant fetchedAt) {
        return new Item(
                1,
                "US",
                "B000000001",
                title,
                "Brand",
                description,
                Collections.nCopies(images, "https://example.org/1.jpg"),
                features,
                List.of(),
                List.of(),
                price == null ? null : new BigDecimal(price),
                null,
                currency,
                12,
                "Toys",
                rating == null ? null : new BigDecimal(rating),
                100,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                "ok",
                fetchedAt);
    }

    private static List<String> kinds(Written written) {
        return written.suggestions().stream().map(Suggestion::kind).toList();
    }

    @Test
    void comparesThePriceWithTheMiddleOfThoseInTheSameCurrency() {
        Written written = RuleWriter.comparison(
                item(LONG, "30.00"),
                List.of(
                        item(LONG, "20.00"),
                        item(LONG, "22.00"),
                        item(LONG, "24.00"),
                        item(LONG, "9000", "JPY", 8, List.of(), null, null, Instant.EPOCH)));
        assertThat(written.findings())
                .contains(
                        "The price of 30.00 USD is 36 % above the middle of the competitors' prices, 22.00 USD.",
                        "By rank it is number 1 of the 5 in Toys.");
        assertThat(written.suggestions().get(0).kind()).isEqualTo("price");
        assertThat(written.suggestions().get(0).impact()).isEqualTo("high");
        assertThat(written.summary())
                .startsWith("Compared with 4 competitors: 1 suggestion, the first about the price.");
    }

    @Test
    void suggestsAHigherPriceOnlyWhereTheRatingBearsIt() {
        List<Item> dearer = Collections.nCopies(3, item(LONG, "40.00"));
        assertThat(kinds(RuleWriter.comparison(item(LONG, "30.00"), dearer))).containsExactly("price");
        Item worse =
                item(LONG, "30.00", "USD", 8, List.of("a", "b", "c", "d", "e"), "d".repeat(300), "3.1", Instant.EPOCH);
        assertThat(kinds(RuleWriter.comparison(worse, dearer))).containsExactly("description");
    }

    @Test
    void namesTheWordsThatTheOthersHave() {
        Written written = RuleWriter.comparison(
                item(LONG, "30.00"),
                Collections.nCopies(3, item("Brand dual line kite 2024 waterproof " + LONG, "30.00")));
        assertThat(written.suggestions().get(0).suggestion())
                .contains("dual", "line", "waterproof")
                .doesNotContain("2024");
    }

    @Test
    void findsWhatAPageLacks() {
        Written written = RuleWriter.optimization(
                item("Kite", "9.99", "USD", 1, List.of("Waterproof ripstop fabric"), null, "3.2", Instant.EPOCH));
        assertThat(kinds(written))
                .containsExactly("description", "title", "images", "description", "price", "keywords");
        assertThat(written.suggestions()).allSatisfy(each -> {
            assertThat(each.reason()).isNotBlank();
            assertThat(Prompt.IMPACTS).contains(each.impact());
            assertThat(Prompt.KINDS).contains(each.kind());
        });
    }

    @Test
    void saysThatAGoodPageIsGood() {
        Item good = new RuleWriterTest().withListPrice(item(LONG, "9.99"));
        assertThat(RuleWriter.optimization(good).suggestions())
                .filteredOn(each -> !each.kind().equals("keywords"))
                .isEmpty();
    }

    private Item withListPrice(Item item) {
        return new Item(
                item.id(),
                item.marketplace(),
                item.asin(),
                item.title(),
                item.brand(),
                item.description(),
                item.imageUrls(),
                item.features(),
                item.categories(),
                item.ranks(),
                item.price(),
                new BigDecimal("12.99"),
                item.currency(),
                item.rank(),
                item.rankCategory(),
                item.rating(),
                item.reviewCount(),
                null,
                null,
                null,
                null,
                null,
                List.of(),
                "ok",
                Instant.EPOCH);
    }

    @Test
    void judgesNothingThatWasNotRead() {
        Item unread = item(null, null, null, 0, List.of(), null, null, null);
        assertThat(RuleWriter.optimization(unread).suggestions()).isEmpty();
        assertThat(RuleWriter.comparison(unread, List.of(unread, unread, unread))
                        .summary())
                .contains("not read yet");
    }

    @Test
    void copesWithNothingButNulls() {
        Item empty = item(null, null, null, 0, List.of(), null, null, Instant.EPOCH);
        assertThat(kinds(RuleWriter.comparison(empty, List.of(empty, empty, empty))))
                .containsExactly("title", "images", "description");
    }

    @Test
    void makesOneBoundedLineOfAnything() {
        assertThat(Lines.line("a\r\nb\u202ec\u0000 \u2028 d", 20)).isEqualTo("a b c d");
        assertThat(Lines.line("x".repeat(100), 10)).hasSize(10).endsWith("…");
        assertThat(Lines.line("12345678\uD83D\uDE00\uD83D\uDE00", 10)).isEqualTo("12345678…");
        assertThat(Lines.line("see HTTPS://Evil.example/x and www.evil.example", 80))
                .isEqualTo("see [link] and [link]");
        assertThat(Lines.line(null, 10)).isEmpty();
    }
}
