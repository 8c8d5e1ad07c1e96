package io.penstock.worker.offers;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.offers.OfferReading;
import io.penstock.common.offers.OfferStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
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
    private final List<UnreadableField> unreadable = new ArrayList<>();

    OfferFields(JsonNode fields) {
        this.fields = fields;
    }

    /** The offer in types. An optional field that makes no sense is null and noted; fails without an id. */
    OfferReading reading() throws UnreadableOfferException {
        String id = id();
        Cap daily = cap(id, "daily_cap");
        Cap filled = cap(id, "filled_cap");
        return new OfferReading(
                id,
                optionalText(id, "offer_name"),
                OfferStatus.of(optionalText(id, "status")),
                optionalText(id, "country"),
                optionalText(id, "country_name"),
                optionalText(id, "carrier"),
                optionalText(id, "vertical"),
                optionalText(id, "flow"),
                optionalText(id, "model"),
                optional(id, "payout", OfferFields::amount),
                optionalText(id, "currency"),
                daily.count(),
                daily.unlimited(),
                filled.count(),
                filled.unlimited(),
                optionalText(id, "type_traffic"),
                optionalText(id, "time_frame"),
                optionalText(id, "traffic_restrictions"),
                optionalText(id, "landing_page"),
                optionalText(id, "thumbnails"),
                optionalText(id, "offer_url"),
                optional(id, "last_conv", LastConversion::seconds));
    }

    String id() throws UnreadableOfferException {
        JsonNode node = fields.path("offer_id");
        if (node.isContainerNode() || node.isBoolean()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.WRONG_TYPE);
        }
        String id = node.isNull() ? "" : node.asText().strip();
        if (id.isEmpty()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.NO_ID);
        }
        if (!ID.matcher(id).matches()) {
            throw new UnreadableOfferException(SkippedOffer.Reason.BAD_ID);
        }
        return id;
    }

    /** What {@link #reading} could not make sense of. */
    List<UnreadableField> unreadable() {
        return unreadable;
    }

    private static BigDecimal amount(String text) throws UnreadableFieldException {
        if (!AMOUNT.matcher(text).matches()) {
            throw new UnreadableFieldException();
        }
        return new BigDecimal(text);
    }

    private Cap cap(String id, String field) {
        Cap cap = optional(id, field, Cap::of);
        return cap == null ? Cap.NONE : cap;
    }

    private @Nullable String optionalText(String id, String field) {
        return optional(id, field, text -> text);
    }

    private <T> @Nullable T optional(String id, String field, Reader<T> reader) {
        try {
            String text = text(field);
            return text == null ? null : reader.read(text);
        } catch (UnreadableFieldException e) {
            JsonNode node = fields.path(field);
            unreadable.add(UnreadableField.of(id, field, node.isValueNode() ? node.asText() : node.toString()));
            return null;
        }
    }

    private @Nullable String text(String field) throws UnreadableFieldException {
        JsonNode node = fields.path(field);
        if (node.isNull() || node.isMissingNode()) {
            return null;
        }
        if (!node.isTextual() && !node.isNumber()) {
            throw new UnreadableFieldException();
        }
        String text = node.asText().strip();
        // PostgreSQL cannot store a NUL.
        if (text.length() > MAX_TEXT || text.indexOf('\0') >= 0) {
            throw new UnreadableFieldException();
        }
        return text.isEmpty() ? null : text;
    }

    /** Text to a value; the text is neither empty nor padded. */
    private interface Reader<T> {
        T read(String text) throws UnreadableFieldException;
    }

    private record Cap(@Nullable Long count, boolean unlimited) {

        static final Cap NONE = new Cap(null, false);

        static Cap of(String text) throws UnreadableFieldException {
            if (text.equalsIgnoreCase("unlimited")) {
                return new Cap(null, true);
            }
            var count = COUNT.matcher(text);
            if (!count.matches()) {
                throw new UnreadableFieldException();
            }
            return new Cap(Long.valueOf(count.group(1)), false);
        }
    }
}
