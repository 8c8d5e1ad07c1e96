package io.penstock.local.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks the feed for.
 *
 * @param token {@code mwsd}
 * @param status only offers of this status; null: of any
 * @param offerIds {@code offers}: only these; empty: no such filter
 * @param limit offers per page
 * @param page which page is asked for, from 1; the feed names the parameter in the plural
 */
record FeedQuery(@Nullable String token, @Nullable String status, Set<String> offerIds, int limit, int page) {

    static final int MOST_PER_PAGE = 100;

    static FeedQuery parse(URI uri) {
        Map<String, String> parameters = parameters(uri.getRawQuery());
        return new FeedQuery(
                parameters.get("mwsd"),
                parameters.get("status"),
                ids(parameters.getOrDefault("offers", "")),
                number(parameters, "limit", MOST_PER_PAGE, MOST_PER_PAGE),
                number(parameters, "pages", 1, Integer.MAX_VALUE));
    }

    boolean admits(SampleOffer offer) {
        return (status == null || status.equalsIgnoreCase(offer.status()))
                && (offerIds.isEmpty() || offerIds.contains(offer.offerId()));
    }

    /** A page of the whole list, not a look-up by id. */
    boolean isListing() {
        return offerIds.isEmpty();
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, UTF_8);
    }

    private static Set<String> ids(String list) {
        return list.isBlank() ? Set.of() : Set.copyOf(List.of(list.split(",")));
    }

    private static int number(Map<String, String> parameters, String name, int otherwise, int most) {
        String text = parameters.get(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1) {
                return Math.min(number, most);
            }
        } catch (NumberFormatException notANumber) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " must be a number from 1");
    }
}
