package io.penstock.local.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Writes one page of the feed's answer. */
final class FeedPage {

    private final ObjectMapper json = new ObjectMapper();

    /** @param matching all offers the query admits, in their order */
    ObjectNode write(FeedQuery query, List<SampleOffer> matching) {
        ObjectNode answer = json.createObjectNode();
        answer.put("success", true);
        answer.putObject("meta")
                .put("total", matching.size())
                .put("total_pages", pages(matching.size(), query.limit()))
                .put("page", query.page())
                .put("limit", String.valueOf(query.limit()));
        ArrayNode offers = answer.putArray("offers");
        matching.stream()
                .skip((query.page() - 1L) * query.limit())
                .limit(query.limit())
                .<JsonNode>map(json::valueToTree)
                .forEach(offers::add);
        if (query.isListing() && !offers.isEmpty()) {
            offers.addAll(MalformedRows.onPage(query.page()));
        }
        return answer.put("time_elapsed", 0.41);
    }

    ObjectNode refuse(String why) {
        return json.createObjectNode().put("success", false).put("error", why);
    }

    private static int pages(int offers, int limit) {
        return (offers + limit - 1) / limit;
    }
}
