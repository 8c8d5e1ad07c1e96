package io.penstock.worker.offers;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.offers.OfferReading;
import io.penstock.common.offers.OfferStatus;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One offer in the feed's words, field by field. Every field is meant to be text or null; numbers are taken as well, and
 * blank text is null.
 */
final class OfferFields {

    private static final int MAX_TEXT = 20_000;
    /** Ids go back to the feed in a list separated by commas, so that they must not hold any. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** Plain digits alone: an exponent could blow up to gigabytes. */
    private static final Pattern AMOUNT = Pattern.compile("\\d{1,9}(\\.\\d{1,12})?");

    private static final Pattern COUNT = Pattern.compile("(\\d{1,15})(\\.0{1,4})?");

    private final JsonNode fields;

    OfferFields(JsonNode fields) {
        this.fields = fields;
    }

    /** The offer in types; fails with the first thing that makes no sense. */
    OfferReading reading() throws UnreadableOfferException {
        Cap daily = cap("daily_cap");
        Cap filled = cap("filled_cap");
        return new OfferReading(
                id(),
                text("offer_name"),
                OfferStatus.of(text("status")),
                text("country"),
                text("country_name"),
                text("carrier"),
                text("vertical"),
                text("flow"),
                text("model"),
                payout(),
                text("currency"),
                daily.count(),
                daily.unlimited(),
                filled.count(),
                filled.unlimited(),
                text("type_traffic"),
                text("time_frame"),
                text("traffic_restrictions"),
                text("landing_page"),
                text("thumbnails"),
                text("offer_url"),
                LastConversion.seconds(text("last_conv")));
    }

    String id() throws UnreadableOfferException {
        String id = text("offer_id");
        if (id == null) {
            throw new UnreadableOfferException(SkippedOffer.Reason.NO_ID);
        }
        if (!ID.matcher(id).matches()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.BAD_ID);
        }
        return id;
    }

    private @Nullable BigDecimal payout() throws UnreadableOfferException {
        String text = text("payout");
        if (text == null) {
            return null;
        }
        if (!AMOUNT.matcher(text).matches()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.BAD_PAYOUT);
        }
        return new BigDecimal(text);
    }

    private Cap cap(String field) throws UnreadableOfferException {
        String text = text(field);
        if (text == null) {
            return new Cap(null, false);
        }
        if (text.equalsIgnoreCase("unlimited")) {
            return new Cap(null, true);
        }
        var count = COUNT.matcher(text);
        if (!count.matches()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.BAD_CAP);
        }
        return new Cap(Long.valueOf(count.group(1)), false);
    }

    private @Nullable String text(String field) throws UnreadableOfferException {
        JsonNode node = fields.path(field);
        if (node.isNull() || node.isMissingNode()) {
            return null;
        }
        if (!node.isTextual() && !node.isNumber()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.WRONG_TYPE);
        }
        String text = node.asText().strip();
        if (text.length() > MAX_TEXT || text.indexOf('\0') >= 0) {
            throw new UnreadableOfferException(SkippedOffer.Reason.BAD_TEXT);
        }
        return text.isEmpty() ? null : text;
    }

    private record Cap(@Nullable Long count, boolean unlimited) {}
}
