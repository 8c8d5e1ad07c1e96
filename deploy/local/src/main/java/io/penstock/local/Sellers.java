package io.penstock.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.LocalApi.Answer;
import io.penstock.local.marketplace.SampleProducts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * People who sell on the marketplace: each tracks some products, of which others track some, too, and wants to be told in a way of one's own.
 * They do by calls what the schedules of a deployment do by the hour, so that something happens every few seconds.
 *
 * <p>One thread does everything, when its time has come.
 */
final class Sellers {

    private static final int USERS = 12;
    private static final int PRODUCTS_EACH = 7;
    private static final int COMPETITORS = 3;
    private static final int GROUPS = 4;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 300;
    private static final int MOST = 200;
    private static final Duration BETWEEN_UPDATES = Duration.ofSeconds(12);
    private static final Duration BETWEEN_REFRESHES = Duration.ofSeconds(7);
    private static final Duration BETWEEN_DIGESTS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_ANALYSES = Duration.ofMinutes(2);
    private static final List<String> PLANS = List.of("basic", "premium", "enterprise");

    /**
     * How the run stands.
     *
     * @param products how many tracked products are in each state
     * @param notifications how many notifications are in each state
     */
    record Standing(Map<String, Integer> products, Map<String, Integer> notifications) {

        int told() {
            return notifications.getOrDefault("sent", 0);
        }

        int waiting() {
            return notifications.getOrDefault("pending", 0);
        }
    }

    private record Tracked(long userId, long id) {}

    private final LocalApi api;
    private final MarketServices market;
    private final Random random;
    private final List<Long> users = new ArrayList<>();
    private final List<Tracked> tracked = new ArrayList<>();
    private Instant nextUpdate = Instant.EPOCH;
    private Instant nextRefresh = Instant.EPOCH;
    private Instant nextDigest;
    private Instant nextAnalyses;

    Sellers(LocalApi api, MarketServices market, Random random, Instant now) {
        this.api = api;
        this.market = market;
        this.random = random;
        this.nextDigest = now.plus(BETWEEN_DIGESTS);
        this.nextAnalyses = now.plus(BETWEEN_DIGESTS);
        for (int number = 0; number < USERS; number++) {
            arrive(number);
        }
    }

    /** Does what is due. */
    void runOnce(Instant now) {
        if (!now.isBefore(nextUpdate)) {
            nextUpdate = now.plus(BETWEEN_UPDATES);
            enqueue("products.plan_updates", "{}");
        }
        if (!now.isBefore(nextRefresh)) {
            nextRefresh = now.plus(BETWEEN_REFRESHES);
            Tracked one = tracked.get(random.nextInt(tracked.size()));
            enqueue(
                    "user_action",
                    "{\"userId\":%d,\"action\":\"refresh\",\"trackedId\":%d}".formatted(one.userId(), one.id()));
        }
        if (!now.isBefore(nextDigest)) {
            nextDigest = now.plus(BETWEEN_DIGESTS);
            enqueue("products.write_digests", "{}");
        }
        if (!now.isBefore(nextAnalyses)) {
            nextAnalyses = now.plus(BETWEEN_ANALYSES);
            enqueue("products.plan_analyses", "{\"kind\":\"competitor\"}");
            enqueue("products.plan_analyses", "{\"kind\":\"optimization\"}");
            enqueue("trend_analysis", "{\"timeRange\":\"7d\"}");
        }
    }

    Standing standing() {
        Map<String, Integer> products = new TreeMap<>();
        for (JsonNode product : api.get("/api/products?limit=" + MOST).path("products")) {
            products.merge(product.path("item").path("status").asText(), 1, Integer::sum);
        }
        Map<String, Integer> notifications = new TreeMap<>();
        for (long user : users) {
            for (JsonNode notification : api.get("/api/users/" + user + "/notifications?limit=" + MOST)
                    .path("notifications")) {
                notifications.merge(notification.path("state").asText(), 1, Integer::sum);
            }
        }
        return new Standing(products, notifications);
    }

    private void arrive(int number) {
        String name = "seller" + number;
        // Every fourth wants a digest; every third has a program that is told, too, one of them alone.
        String digest = number % 4 == 3 ? "hourly" : "immediate";
        String hook = number % 3 == 2
                ? ",\"webhookUrl\":\"%s\",\"webhookSecret\":\"%s\""
                        .formatted(market.hooks().url(), market.hookSecret())
                : "";
        long user = id(api.post(
                "/api/products/users",
                "{\"email\":\"%s@localhost.example\",\"name\":\"%s\",\"plan\":\"%s\",\"digest\":\"%s\",\"emailOn\":%b%s}"
                        .formatted(name, name, PLANS.get(number % PLANS.size()), digest, number != 2, hook)));
        users.add(user);
        List<String> asins = SampleProducts.asins();
        long first = 0;
        for (int i = 0; i < PRODUCTS_EACH; i++) {
            // The last few of each are the first few of the next.
            String asin = asins.get((number * (PRODUCTS_EACH - 3) + i) % asins.size());
            long id = id(api.post(
                    "/api/products",
                    "{\"userId\":%d,\"asin\":\"%s\",\"marketplace\":\"%s\",\"frequency\":\"hourly\"}"
                            .formatted(user, asin, number % 5 == 4 ? "DE" : "US")));
            tracked.add(new Tracked(user, id));
            first = i == 0 ? id : first;
        }
        if (number < GROUPS) {
            group(first, number, asins);
        }
    }

    private void group(long main, int number, List<String> asins) {
        StringBuilder competitors = new StringBuilder();
        for (int i = 0; i < COMPETITORS; i++) {
            String asin = asins.get((number * (PRODUCTS_EACH - 3) + PRODUCTS_EACH + 5 + i) % (asins.size() - 1));
            competitors.append(i == 0 ? "" : ",").append('"').append(asin).append('"');
        }
        id(api.post(
                "/api/products/groups",
                "{\"mainId\":%d,\"name\":\"rivals\",\"competitors\":[%s]}".formatted(main, competitors)));
    }

    private static long id(Answer answer) {
        if (answer.status() != CREATED) {
            throw new LaunchException("A seller could not be set up: " + answer.status() + " " + answer.body());
        }
        return answer.body().path("id").asLong();
    }

    private void enqueue(String type, String payload) {
        Answer answer = api.post("/api/jobs/" + type, "{\"payload\":" + payload + "}");
        if (answer.status() >= ACCEPTED) {
            throw new LaunchException(
                    "%s could not be enqueued: %d %s".formatted(type, answer.status(), answer.body()));
        }
    }

    static String line(Standing standing, MarketServices market, int mails) {
        return String.format(
                Locale.ROOT,
                "tracked: %s; notifications: %s; mails %d, webhooks %d; scraper: %d calls, %d of them faulty",
                told(standing.products()),
                told(standing.notifications()),
                mails,
                market.hooks().caught(),
                market.scraper().calls(),
                market.scraper().faults());
    }

    private static String told(Map<String, Integer> counts) {
        if (counts.isEmpty()) {
            return "none";
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((state, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(state));
        return text.toString();
    }
}
