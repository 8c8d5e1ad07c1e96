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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the workloads promise holds also when a worker is killed in the middle: two run, one of them dies. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledWorkersEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ORDERS = 400;
    /** Mails that one worker sends at once: as many may be taken by the server and not be noted. */
    private static final int SENDING_AT_ONCE = 20;

    private static final int TEMPLATES = 5_000;
    private static final String TENANT = "kills";
    private static final String BULK = "/api/templates/bulk";

    private static final String CONCERT =
            """
            {"name":"Night of the organs","venue":"St John","sessions":[{"startsAt":"2190-05-01T19:30:00Z","ticketTypes":
              [{"name":"Stalls","priceCents":4550,"currency":"EUR","quantity":2000}]}]}""";

    private final Teardown teardown = new Teardown();
    private final Deque<RunningDeployable> workers = new ArrayDeque<>();
    private RunServices services;
    private Deployment deployment;
    private LocalApi api;

    @BeforeAll
    void start() {
        HttpClient http = HttpClient.newHttpClient();
        Options options = new Options(true, 2, null, Demo.ORDERS, Map.of());
        services = RunServices.lay(options, Installation.current(), Mischief.Plan.none(), teardown);
        Map<String, String> settings = new HashMap<>(Demo.ORDERS.settings());
        settings.put("PENSTOCK_ORDERS_HOLD_TIME", "3s");
        deployment = new Deployment(services, http, teardown, settings);
        RunningDeployable served = deployment.startApi(services.ports().next());
        twoWorkers();
        served.awaitReady();
        api = new LocalApi(served.url(), services.secrets(), http);
    }

    @AfterAll
    void stop() {
        teardown.close();
    }

    private void twoWorkers() {
        while (workers.size() < 2) {
            workers.add(deployment.startWorker());
        }
        workers.forEach(RunningDeployable::awaitReady);
    }

    private void killOne() {
        workers.remove().process().kill();
    }

    @Test
    void everyHoldEndsOnce() {
        twoWorkers();
        JsonNode concert = api.post("/api/concerts", CONCERT).body();
        long type = concert.at("/sessions/0/ticketTypes/0/id").asLong();
        for (int order = 0; order < ORDERS; order++) {
            hold(api, type, order);
        }
        patiently().until(() -> count(api, "expired") >= ORDERS / 4);
        killOne();
        assertThat(count(api, "pending")).as("it was killed in the middle").isPositive();

        patiently().until(() -> count(api, "expired") == ORDERS);
        patiently()
                .until(() -> messageIds(services.files().mails())
                                .filter(id -> !id.isEmpty())
                                .distinct()
                                .count()
                        == ORDERS);
        assertThat(services.mails().caught()).isBetween(ORDERS, ORDERS + SENDING_AT_ONCE);
        long id = concert.at("/concert/id").asLong();
        patiently()
                .until(() -> api.get("/api/concerts/" + id + "/availability")
                                .at("/sessions/0/ticketTypes/0/available")
                                .asLong()
                        == 2_000);
    }

    @Test
    void everyTemplateOfABulkUpdateHasOneOutcomeAndItsWayBack() {
        twoWorkers();
        List<UUID> ids =
                Stream.generate(UUID::randomUUID).limit(TEMPLATES).sorted().toList();
        String made = begin(
                "/create",
                "\"templates\":" + each(ids, id -> "{\"id\":\"%s\",\"name\":\"%s\",\"price\":1}".formatted(id, id)));
        patiently().until(() -> operation(made).path("completed").asLong() == TEMPLATES);

        String update = begin(
                "/update",
                "\"changes\":"
                        + each(ids, id -> "{\"id\":\"%s\",\"expectedVersion\":1,\"set\":{\"price\":7}}".formatted(id)));
        patiently().until(() -> operation(update).path("completed").asLong() > 0);
        killOne();
        assertThat(operation(update).path("completed").asLong())
                .as("it was killed in the middle")
                .isLessThan(TEMPLATES);

        JsonNode ended = ended(update);
        assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
        assertThat(ended.path("completed").asLong()).isEqualTo(TEMPLATES);
        assertThat(pages("/operations/" + update + "/items", "items"))
                .extracting(item -> item.path("templateId").asText())
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().map(UUID::toString).toList());
        assertThat(pages("/backups/" + update, "templates"))
                .hasSize(TEMPLATES)
                .allMatch(backup -> backup.path("version").asInt() == 1
                        && backup.path("newVersion").asInt() == 2);
        assertThat(pages("/tree", "templates"))
                .hasSize(TEMPLATES)
                .allMatch(template -> template.path("version").asInt() == 2
                        && template.path("price").asDouble() == 7);

        JsonNode back = ended(begin("/restore", "\"batchId\":\"" + update + "\""));
        assertThat(back.path("completed").asLong()).as(back.toString()).isEqualTo(TEMPLATES);
        assertThat(pages("/tree", "templates"))
                .hasSize(TEMPLATES)
                .allMatch(template -> template.path("version").asInt() == 3
                        && template.path("price").asDouble() == 1);
    }

    private static String each(List<UUID> ids, Function<UUID, String> text) {
        return ids.stream().map(text).collect(Collectors.joining(",", "[", "]"));
    }

    private String begin(String path, String body) {
        Answer answer = api.post(BULK + path, "{\"tenant\":\"" + TENANT + "\"," + body + "}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        return answer.body().path("batchId").asText();
    }

    private JsonNode operation(String id) {
        return api.get(BULK + "/operations/" + id + "?tenant=" + TENANT);
    }

    private JsonNode ended(String id) {
        patiently().until(() -> operation(id).hasNonNull("finishedAt"));
        return operation(id);
    }

    private List<JsonNode> pages(String path, String field) {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonNode page =
                    api.get(BULK + path + "?limit=200&tenant=" + TENANT + (after.isEmpty() ? "" : "&after=" + after));
            page.path(field).forEach(all::add);
            after = page.hasNonNull("next") ? page.path("next").asText() : null;
        }
        return all;
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
            return files.map(KilledWorkersEndToEnd::messageId).toList().stream();
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
