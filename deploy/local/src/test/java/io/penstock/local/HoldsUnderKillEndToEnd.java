package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.local.LocalApi.Answer;
import io.penstock.local.feed.Mischief;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holds of the ticket shop end once each, also when a worker that ends them is killed. */
@Timeout(300)
class HoldsUnderKillEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ORDERS = 400;
    /** Mails that one worker sends at once: as many may be taken by the server and not be noted. */
    private static final int SENDING_AT_ONCE = 20;

    private static final String CONCERT =
            """
            {"name":"Night of the organs","venue":"St John","sessions":[{"startsAt":"2190-05-01T19:30:00Z","ticketTypes":
              [{"name":"Stalls","priceCents":4550,"currency":"EUR","quantity":2000}]}]}""";

    @Test
    void everyHoldEndsOnceWhenOneOfTwoWorkersIsKilled() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        try (Teardown teardown = new Teardown()) {
            Options options = new Options(true, 2, null, Demo.ORDERS, Map.of());
            RunServices services = RunServices.lay(options, Installation.current(), Mischief.Plan.none(), teardown);
            Map<String, String> settings = new HashMap<>(Demo.ORDERS.settings());
            settings.put("PENSTOCK_ORDERS_HOLD_TIME", "3s");
            Deployment deployment = new Deployment(services, http, teardown, settings);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable victim = deployment.startWorker();
            RunningDeployable survivor = deployment.startWorker();
            List.of(api, victim, survivor).forEach(RunningDeployable::awaitReady);
            LocalApi shop = new LocalApi(api.url(), services.secrets(), http);

            JsonNode concert = shop.post("/api/concerts", CONCERT).body();
            long type = concert.at("/sessions/0/ticketTypes/0/id").asLong();
            for (int order = 0; order < ORDERS; order++) {
                hold(shop, type, order);
            }
            patiently().until(() -> count(shop, "expired") >= ORDERS / 4);
            victim.process().kill();
            assertThat(count(shop, "pending")).as("it was killed in the middle").isPositive();

            patiently().until(() -> count(shop, "expired") == ORDERS);
            patiently()
                    .until(() -> messageIds(services.files().mails())
                                    .filter(id -> !id.isEmpty())
                                    .distinct()
                                    .count()
                            == ORDERS);
            assertThat(services.mails().caught()).isBetween(ORDERS, ORDERS + SENDING_AT_ONCE);
            long id = concert.at("/concert/id").asLong();
            patiently()
                    .until(() -> shop.get("/api/concerts/" + id + "/availability")
                                    .at("/sessions/0/ticketTypes/0/available")
                                    .asLong()
                            == 2_000);
        }
    }

    /** The mail catcher's threads end in exceptions when a worker dies while it sends. */
    private static ConditionFactory patiently() {
        return await().dontCatchUncaughtExceptions().atMost(PATIENCE);
    }

    private static void hold(LocalApi shop, long type, int order) {
        Answer answer = shop.post(
                "/api/orders",
                "{\"email\":\"u%d@example.org\",\"ticketTypeId\":%d,\"quantity\":%d}"
                        .formatted(order, type, 1 + order % 4));
        assertThat(answer.status()).isEqualTo(201);
    }

    private static long count(LocalApi shop, String state) {
        return shop.get("/api/orders/counts").path("counts").path(state).asLong();
    }

    private static Stream<String> messageIds(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(HoldsUnderKillEndToEnd::messageId).toList().stream();
        }
    }

    private static String messageId(Path mail) {
        try {
            return Files.readAllLines(mail).stream()
                    .filter(line -> line.startsWith("Message-ID:"))
                    .findFirst()
                    // It is being written.
                    .orElse("");
        } catch (IOException e) {
            throw new IllegalStateException(mail + " cannot be read", e);
        }
    }
}
