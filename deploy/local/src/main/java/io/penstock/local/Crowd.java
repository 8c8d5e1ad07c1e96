package io.penstock.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.LocalApi.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * People who come to the ticket shop, one after the other: each holds some tickets and then pays, gives them back, or forgets
 * about them. Where a concert is sold out another one is put on sale.
 *
 * <p>One thread does everything, when its time has come.
 */
final class Crowd {

    private static final Duration BETWEEN_ARRIVALS = Duration.ofMillis(400);
    /** Well below the time of a hold. */
    private static final int LONGEST_THOUGHT_MS = 8_000;

    private static final int PAY = 35;
    private static final int CANCEL = 45;
    private static final int PEOPLE = 200;
    private static final int CREATED = 201;
    private static final String SHOP_ZONE = "Asia/Taipei";

    private static final String CONCERT =
            """
            {"name":"%s","venue":"Old Town Hall","sessions":[
              {"startsAt":"%s","ticketTypes":[
                {"name":"Stalls","priceCents":4550,"currency":"EUR","quantity":120},
                {"name":"Balcony","priceCents":2900,"currency":"EUR","quantity":40}]}]}""";

    /** Something that somebody does later. */
    private record Plan(Instant at, Runnable action) {}

    private final LocalApi api;
    private final Random random;
    private final PriorityQueue<Plan> plans = new PriorityQueue<>(Comparator.comparing(Plan::at));
    private final List<Long> concerts = new ArrayList<>();
    private final List<Long> ticketTypes = new ArrayList<>();
    private Instant nextArrival = Instant.EPOCH;
    private int inVain;

    Crowd(LocalApi api, Random random) {
        this.api = api;
        this.random = random;
        sell();
    }

    /** Does what is due. */
    void runOnce(Instant now) {
        if (!now.isBefore(nextArrival)) {
            nextArrival = now.plus(BETWEEN_ARRIVALS);
            arrive(now);
        }
        while (!plans.isEmpty() && !plans.peek().at().isAfter(now)) {
            plans.remove().action().run();
        }
    }

    /** What the shop says of itself. */
    String status() {
        JsonNode counts = api.get("/api/orders/counts").path("counts");
        long left = 0;
        long all = 0;
        for (long concert : concerts) {
            for (JsonNode session :
                    api.get("/api/concerts/" + concert + "/availability").path("sessions")) {
                for (JsonNode type : session.path("ticketTypes")) {
                    left += type.path("available").asLong();
                    all += type.path("capacity").asLong();
                }
            }
        }
        return String.format(
                Locale.ROOT,
                "orders: %d held, %d paid, %d expired, %d cancelled; tickets: %d of %d left",
                counts.path("pending").asLong(),
                counts.path("paid").asLong(),
                counts.path("expired").asLong(),
                counts.path("cancelled").asLong(),
                left,
                all);
    }

    /** How many orders are held. */
    long held() {
        return api.get("/api/orders/counts").path("counts").path("pending").asLong();
    }

    /** How many have expired. */
    long expired() {
        return api.get("/api/orders/counts").path("counts").path("expired").asLong();
    }

    private void sell() {
        Instant tomorrow = LocalDate.now(ZoneId.of(SHOP_ZONE))
                .plusDays(1)
                .atTime(19, 30)
                .atZone(ZoneId.of(SHOP_ZONE))
                .toInstant();
        Answer made =
                api.post("/api/concerts", CONCERT.formatted("Night of the organs " + (concerts.size() + 1), tomorrow));
        if (made.status() != CREATED) {
            throw new LaunchException("The concert could not be put on sale: " + made.status() + " " + made.body());
        }
        concerts.add(made.body().path("concert").path("id").asLong());
        ticketTypes.clear();
        made.body()
                .path("sessions")
                .path(0)
                .path("ticketTypes")
                .forEach(type -> ticketTypes.add(type.path("id").asLong()));
        inVain = 0;
    }

    private void arrive(Instant now) {
        Answer held = api.post(
                "/api/orders",
                "{\"email\":\"guest%d@localhost.example\",\"ticketTypeId\":%d,\"quantity\":%d}"
                        .formatted(
                                random.nextInt(PEOPLE),
                                ticketTypes.get(random.nextInt(ticketTypes.size())),
                                1 + random.nextInt(4)));
        if (held.status() != CREATED) {
            inVain++;
            // For the time of a hold nothing came back: all is sold.
            if (inVain * BETWEEN_ARRIVALS.toMillis() > 20_000) {
                sell();
            }
            return;
        }
        inVain = 0;
        long order = held.body().path("id").asLong();
        Instant decided = now.plusMillis(500 + random.nextInt(LONGEST_THOUGHT_MS));
        int whim = random.nextInt(100);
        if (whim < PAY) {
            plans.add(new Plan(
                    decided, () -> api.post("/api/orders/" + order + "/pay", "{\"payment\":\"demo-" + order + "\"}")));
        } else if (whim < CANCEL) {
            plans.add(new Plan(decided, () -> api.post("/api/orders/" + order + "/cancel", "")));
        }
    }
}
