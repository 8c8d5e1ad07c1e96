package io.penstock.worker.offers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One question to the feed, in the words of its wire format.
 *
 * @param about what is asked, for messages
 */
record FeedQuery(String about, Map<String, String> parameters) {

    /** Offers of one answer; the feed's own largest page. */
    static final int LIMIT = 100;

    /** One page of the offers of a status, best first. */
    static FeedQuery page(String status, int page) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("status", status);
        parameters.put("order_by", "Performance");
        parameters.put("limit", String.valueOf(LIMIT));
        parameters.put("pages", String.valueOf(page));
        return new FeedQuery("page " + page, parameters);
    }

    /** Some offers by id, whatever their status: a change of status is what is looked for. */
    static FeedQuery offers(List<String> ids) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("the feed takes no ids for all ids");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("limit", String.valueOf(LIMIT));
        parameters.put("pages", "1");
        parameters.put("offers", String.join(",", ids));
        return new FeedQuery(ids.size() + " offers by id", parameters);
    }

    /** The query string that asks this. The result carries the token: it must not be shown. */
    String queryString(String token) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("mwsd", token);
        all.putAll(parameters);
        return all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
