package io.penstock.worker.products;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.products.Asin;
import io.penstock.common.products.Items.Claimed;
import io.penstock.common.products.ProductReading;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of the scraper: strict about the answer, tolerant about what is in it. An answer that is no list is the scraper's fault. Of
 * one that breaks off, what came before is kept, because it has been paid for. A field that makes no sense is left out of its product, and
 * counted.
 */
@ApplicationScoped
class ItemParser {

    private static final int FOUND = 200;
    private static final Set<Integer> GONE = Set.of(404, 410);
    private static final Pattern ROBOTS = Pattern.compile(
            "robot check|captcha|are you a human|sorry! something went wrong", Pattern.CASE_INSENSITIVE);
    private static final Pattern ASIN_IN_ADDRESS = Pattern.compile("/(?:dp|gp/product)/([0-9A-Z]{10})(?![0-9A-Z])");
    /** Entries of one answer: far more than are asked for. */
    private static final int MOST_ENTRIES = 5_000;

    private final ObjectMapper mapper;

    @Inject
    ItemParser(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    private record Entries(List<JsonNode> all, boolean whole) {}

    /**
     * @param asked of one marketplace
     * @throws UpstreamFaultException where the answer is none
     */
    Dataset parse(byte[] answer, List<Claimed> asked, Instant readAt) {
        Entries entries = entries(answer);
        Map<String, Claimed> byAsin = new HashMap<>();
        asked.forEach(item -> byAsin.put(item.asin(), item));
        Map<Long, ProductReading> readings = new LinkedHashMap<>();
        Set<Long> gone = new LinkedHashSet<>();
        Set<Long> blocked = new LinkedHashSet<>();
        Map<String, Integer> unreadable = new TreeMap<>();
        int strangers = 0;
        int senseless = 0;
        for (JsonNode entry : entries.all()) {
            String asin = asin(entry);
            if (asin == null) {
                senseless++;
                continue;
            }
            Claimed item = byAsin.get(asin);
            if (item == null) {
                strangers++;
            } else if (isGone(entry)) {
                gone.add(item.id());
            } else if (isBlocked(entry)) {
                blocked.add(item.id());
            } else if (!readings.containsKey(item.id())) {
                ProductReading reading = new ItemFields(entry, item.market()).reading(asin);
                reading.unreadable().forEach(field -> unreadable.merge(field, 1, Integer::sum));
                readings.put(item.id(), reading);
            }
        }
        gone.removeAll(readings.keySet());
        blocked.removeAll(readings.keySet());
        blocked.removeAll(gone);
        // Nothing at all is the scraper's trouble, as is what was cut off. Some but not others: the marketplace has
        // them no more.
        boolean toBeTriedAgain = !entries.whole() || entries.all().isEmpty() || senseless > 0;
        for (Claimed item : asked) {
            long id = item.id();
            if (!readings.containsKey(id) && !gone.contains(id) && !blocked.contains(id)) {
                (toBeTriedAgain ? blocked : gone).add(id);
            }
        }
        return new Dataset(readings, List.copyOf(gone), List.copyOf(blocked), strangers, senseless, unreadable, readAt);
    }

    private Entries entries(byte[] answer) {
        if (startsLikeMarkup(answer)) {
            throw new UpstreamFaultException("scraper answered HTML instead of JSON");
        }
        List<JsonNode> all = new ArrayList<>();
        try (JsonParser parser = mapper.getFactory().createParser(answer)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new UpstreamFaultException("scraper answered no list of products");
            }
            return new Entries(all, readAll(parser, all));
        } catch (JsonProcessingException e) {
            throw new UpstreamFaultException("scraper answered broken JSON");
        } catch (IOException e) {
            throw new UpstreamFaultException("scraper answered unreadable bytes", e);
        }
    }

    /** False: it broke off, after something that could be read. */
    private boolean readAll(JsonParser parser, List<JsonNode> all) throws IOException {
        try {
            JsonToken token = parser.nextToken();
            while (token != null && token != JsonToken.END_ARRAY) {
                if (all.size() == MOST_ENTRIES) {
                    return false;
                }
                all.add(mapper.readTree(parser));
                token = parser.nextToken();
            }
            if (token == null && all.isEmpty()) {
                throw new UpstreamFaultException("scraper answered broken JSON");
            }
            return token != null;
        } catch (JsonProcessingException e) {
            if (all.isEmpty()) {
                throw e;
            }
            return false;
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

    /** Error pages have no id; their address still says whose they are. */
    private static @Nullable String asin(JsonNode entry) {
        if (!entry.isObject()) {
            return null;
        }
        JsonNode asin = entry.path("asin");
        if (asin.isTextual() && Asin.isOne(asin.asText().strip())) {
            return asin.asText().strip();
        }
        for (String field : List.of("url", "inputUrl", "loadedUrl")) {
            Matcher address = ASIN_IN_ADDRESS.matcher(entry.path(field).asText(""));
            if (address.find() && Asin.isOne(address.group(1))) {
                return address.group(1);
            }
        }
        return null;
    }

    private static int status(JsonNode entry) {
        return entry.path("statusCode").asInt(FOUND);
    }

    private static boolean isGone(JsonNode entry) {
        return GONE.contains(status(entry));
    }

    private static boolean isBlocked(JsonNode entry) {
        return status(entry) != FOUND
                || ROBOTS.matcher(start(entry.path("title"))).find();
    }

    private static String start(JsonNode text) {
        String whole = text.asText("");
        return whole.length() <= 80 ? whole : whole.substring(0, 80);
    }
}
