package io.penstock.worker.offers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.offers.OfferReading;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of the feed: strict about the answer, tolerant about its offers. An answer that is no list of offers is
 * the feed's fault; an offer without an id is skipped and counted; a field that makes no sense is left out of its offer,
 * and counted.
 */
@ApplicationScoped
class FeedParser {

    private static final int MAX_QUOTE = 200;

    private final ObjectMapper mapper;

    @Inject
    FeedParser(ObjectMapper mapper) {
        this.mapper = mapper.copy().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** Fails with {@link UpstreamFaultException} where the answer is none. */
    FeedPage parse(byte[] answer, Instant fetchedAt) {
        JsonNode root = json(answer);
        checkSuccess(root);
        JsonNode offers = root.path("offers");
        if (!offers.isArray()) {
            throw new UpstreamFaultException("offers feed answered without a list of offers");
        }
        List<OfferReading> readings = new ArrayList<>(offers.size());
        List<SkippedOffer> skipped = new ArrayList<>();
        List<UnreadableField> unreadable = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode offer : offers) {
            read(offer, readings, skipped, unreadable, seen);
        }
        return new FeedPage(totalPages(root), readings, skipped, unreadable, fetchedAt);
    }

    private JsonNode json(byte[] answer) {
        if (startsLikeMarkup(answer)) {
            throw new UpstreamFaultException("offers feed answered HTML instead of JSON");
        }
        try {
            JsonNode root = mapper.readTree(answer);
            if (root == null || !root.isObject()) {
                throw new UpstreamFaultException("offers feed answered no JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new UpstreamFaultException("offers feed answered broken JSON: " + quote(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UpstreamFaultException("offers feed answered unreadable bytes", e);
        }
    }

    private static boolean startsLikeMarkup(byte[] answer) {
        for (byte character : answer) {
            if (character > ' ') {
                return character == '<';
            }
        }
        return false;
    }

    private static void checkSuccess(JsonNode root) {
        JsonNode success = root.path("success");
        if (success.isMissingNode()) {
            throw new UpstreamFaultException("offers feed answered without saying whether it succeeded");
        }
        if (!success.asText().equalsIgnoreCase("true")) {
            String why = root.path("message").asText(root.path("error").asText(""));
            throw new UpstreamFaultException(
                    "offers feed answered success:false" + (why.isBlank() ? "" : ": " + quote(why)));
        }
    }

    private static void read(
            JsonNode offer,
            List<OfferReading> readings,
            List<SkippedOffer> skipped,
            List<UnreadableField> unreadable,
            Set<String> seen) {
        if (!offer.isObject()) {
            skipped.add(new SkippedOffer(null, SkippedOffer.Reason.NOT_AN_OBJECT));
            return;
        }
        OfferFields fields = new OfferFields(offer);
        String id = null;
        try {
            id = fields.id();
            OfferReading reading = fields.reading();
            if (!seen.add(id)) {
                throw new UnreadableOfferException(SkippedOffer.Reason.DUPLICATE_ID);
            }
            readings.add(reading);
            unreadable.addAll(fields.unreadable());
        } catch (UnreadableOfferException e) {
            skipped.add(new SkippedOffer(id, e.reason()));
        }
    }

    private static @Nullable Integer totalPages(JsonNode root) {
        int pages = root.path("meta").path("total_pages").asInt(-1);
        return pages < 0 ? null : pages;
    }

    private static String quote(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= MAX_QUOTE ? line : line.substring(0, MAX_QUOTE) + "…";
    }
}
