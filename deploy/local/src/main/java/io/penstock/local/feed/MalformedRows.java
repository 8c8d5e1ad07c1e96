package io.penstock.local.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Rows that are no offers. Each odd page carries one <em>besides</em> its offers; {@code meta.total} does not count
 * them. So a sweep that skips them still finds every active offer, and skips exactly {@link #TOTAL} rows.
 */
public final class MalformedRows {

    /** On the 24 pages of a full sweep. */
    public static final int TOTAL = 12;

    private static final List<JsonNode> KINDS = List.of(
            row("offer_name", "No id at all"),
            row("offer_id", "").put("offer_name", "Empty id").put("status", SampleOffer.ACTIVE),
            JsonNodeFactory.instance.textNode("row temporarily unavailable"),
            row("offer_id", "99901,99902")
                    .put("offer_name", "Two ids in one")
                    .put("status", SampleOffer.ACTIVE)
                    .put("payout", "a lot"));

    private MalformedRows() {}

    static List<JsonNode> onPage(int page) {
        return page % 2 == 1 ? List.of(KINDS.get(page / 2 % KINDS.size())) : List.of();
    }

    private static ObjectNode row(String field, String value) {
        return JsonNodeFactory.instance.objectNode().put(field, value);
    }
}
