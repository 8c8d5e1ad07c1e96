package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.offers.OfferReading;
import io.penstock.common.offers.OfferStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedParserTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final FeedParser parser = new FeedParser(new ObjectMapper());

    private FeedPage parse(String answer) {
        return parser.parse(answer.getBytes(StandardCharsets.UTF_8), NOW);
    }

    private FeedPage parseOffers(String offers) {
        return parse(
                "{\"success\":true,\"meta\":{\"total\":3,\"total_pages\":2,\"page\":1,\"limit\":\"100\"},\"offers\":["
                        + offers + "],\"time_elapsed\":0.41}");
    }

    @Test
    void readsAnOfferOfStrings() {
        FeedPage page = parseOffers(
                """
                {"offer_id":"101","offer_name":" Sweet Deal ","status":"Paused","country":"TW","country_name":"Taiwan",
                 "carrier":"CHT","vertical":"Sweepstakes","flow":"1-click","model":"CPA","payout":"12.50","currency":"USD",
                 "daily_cap":"200","type_traffic":"Pop","time_frame":"24/7","traffic_restrictions":"no adult",
                 "landing_page":"https://a.example/l","thumbnails":"https://a.example/t","offer_url":"https://a.example/o",
                 "filled_cap":"17","last_conv":"6h18min"}
                """);

        assertThat(page.skipped()).isEmpty();
        assertThat(page.totalPages()).isEqualTo(2);
        assertThat(page.fetchedAt()).isEqualTo(NOW);
        OfferReading offer = page.readings().get(0);
        assertThat(offer.offerId()).isEqualTo("101");
        assertThat(offer.name()).isEqualTo("Sweet Deal");
        assertThat(offer.status()).isEqualTo(OfferStatus.PAUSED);
        assertThat(offer.payout()).isEqualByComparingTo("12.5");
        assertThat(offer.dailyCap()).isEqualTo(200);
        assertThat(offer.filledCap()).isEqualTo(17);
        assertThat(offer.trafficType()).isEqualTo("Pop");
        assertThat(offer.lastConversionSeconds()).isEqualTo(22_680);
    }

    @Test
    void readsAnOfferOfNulls() {
        FeedPage page = parseOffers(
                """
                {"offer_id":"1","offer_name":null,"status":null,"payout":null,"daily_cap":"","filled_cap":null,"last_conv":null}
                """);

        OfferReading offer = page.readings().get(0);
        assertThat(offer.name()).isNull();
        assertThat(offer.status()).isEqualTo(OfferStatus.UNKNOWN);
        assertThat(offer.payout()).isNull();
        assertThat(offer.dailyCap()).isNull();
        assertThat(offer.dailyCapUnlimited()).isFalse();
        assertThat(offer.lastConversionSeconds()).isNull();
    }

    @Test
    void takesNumbersAndUnlimitedCaps() {
        FeedPage page = parseOffers(
                """
                {"offer_id":77,"payout":3.25,"daily_cap":"Unlimited","filled_cap":4,"last_conv":5}
                """);

        OfferReading offer = page.readings().get(0);
        assertThat(offer.offerId()).isEqualTo("77");
        assertThat(offer.payout()).isEqualByComparingTo("3.25");
        assertThat(offer.dailyCap()).isNull();
        assertThat(offer.dailyCapUnlimited()).isTrue();
        assertThat(offer.filledCap()).isEqualTo(4);
        assertThat(offer.lastConversionSeconds()).isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | not_an_object",
                "\"text\" | not_an_object",
                "[] | not_an_object",
                "{} | no_id",
                "{\"offer_id\":null} | no_id",
                "{\"offer_id\":\"  \"} | no_id",
                "{\"offer_id\":\"1,2\"} | bad_id",
                "{\"offer_id\":\"1\\r\\nBcc: x\"} | bad_id",
                "{\"offer_id\":{\"a\":1}} | wrong_type"
            })
    void skipsARowWithoutAnIdAndKeepsTheOthers(String malformed, String reason) {
        FeedPage page = parseOffers("{\"offer_id\":\"8\"}," + malformed + ",{\"offer_id\":\"9\"}");

        assertThat(page.readings()).extracting(OfferReading::offerId).containsExactly("8", "9");
        assertThat(page.skippedByReason()).containsOnlyKeys(reason).containsEntry(reason, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offer_name | [\"x\"] | [\"x\"]",
                "offer_name | \"a\\u0000b\" | a b",
                "status | true | true",
                "payout | \"abc\" | abc",
                "payout | \"-1\" | -1",
                "payout | \"1e999999999\" | 1e999999999",
                "payout | \"99999999999\" | 99999999999",
                "payout | \"NaN\" | NaN",
                "daily_cap | \"many\" | many",
                "daily_cap | \"-3\" | -3",
                "filled_cap | \"9999999999999999999999\" | 9999999999999999999999",
                "last_conv | \"soon\" | soon",
                "last_conv | \"n/a\" | n/a",
                "last_conv | \"-\" | -",
                "last_conv | {\"a\":1} | {\"a\":1}"
            })
    void keepsAnOfferWithoutTheFieldThatMakesNoSense(String field, String value, String sample) {
        FeedPage page = parseOffers("{\"offer_id\":\"8\",\"country\":\"TW\",\"" + field + "\":" + value + "}");

        assertThat(page.skipped()).isEmpty();
        assertThat(page.unreadable()).containsExactly(new UnreadableField("8", field, sample));
        assertThat(page.unreadableByField()).containsOnly(Map.entry(field, 1));
        OfferReading offer = page.readings().get(0);
        assertThat(offer.country()).isEqualTo("TW");
        assertThat(offer.name()).isNull();
        assertThat(offer.status()).isEqualTo(OfferStatus.UNKNOWN);
        assertThat(offer.payout()).isNull();
        assertThat(offer.dailyCap()).isNull();
        assertThat(offer.filledCap()).isNull();
        assertThat(offer.lastConversionSeconds()).isNull();
    }

    @Test
    void showsLongTextsInShort() {
        FeedPage page = parseOffers("{\"offer_id\":\"8\",\"offer_name\":\"" + "x".repeat(30_000) + "\"}");

        assertThat(page.unreadable()).containsExactly(new UnreadableField("8", "offer_name", "x".repeat(40) + "…"));
    }

    @Test
    void skipsTheSecondOfferOfAnId() {
        FeedPage page = parseOffers("{\"offer_id\":\"8\",\"offer_name\":\"first\"},{\"offer_id\":\"8\"}");

        assertThat(page.readings()).extracting(OfferReading::name).containsExactly("first");
        assertThat(page.skippedByReason()).containsEntry("duplicate_id", 1);
    }

    @Test
    void treatsANewStatusWordAsUnknown() {
        assertThat(parseOffers("{\"offer_id\":\"1\",\"status\":\"Archived\"}")
                        .readings()
                        .get(0)
                        .status())
                .isEqualTo(OfferStatus.UNKNOWN);
    }

    @Test
    void doesWithoutMeta() {
        FeedPage page = parse("{\"success\":true,\"offers\":[]}");

        assertThat(page.totalPages()).isNull();
        assertThat(page.readings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "<html><body>Bad gateway</body></html> | HTML instead of JSON",
                "~  \n<!DOCTYPE html>~ | HTML instead of JSON",
                "~~ | no JSON object",
                "null | no JSON object",
                "[1,2] | no JSON object",
                "\"text\" | no JSON object",
                "{\"success\":true,\"offers\":[{\"offer_id\":\"1\" | broken JSON",
                "{\"success\":true,\"offers\":[]} trailing | broken JSON",
                "{\"success\":false,\"message\":\"no such token\"} | success:false: no such token",
                "{\"success\":\"false\",\"offers\":[]} | success:false",
                "{\"success\":null,\"offers\":[]} | success:false",
                "{\"offers\":[]} | without saying whether it succeeded",
                "{\"success\":true} | without a list of offers",
                "{\"success\":true,\"offers\":{}} | without a list of offers",
                "{\"success\":true,\"offers\":null} | without a list of offers"
            })
    void faultsAnAnswerThatIsNoListOfOffers(String answer, String reason) {
        assertThatThrownBy(() -> parse(answer))
                .isInstanceOf(UpstreamFaultException.class)
                .hasMessageContaining(reason);
    }
}
