package io.penstock.worker.products;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.products.Items.Claimed;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Asks the scraper, behind the guard of its name. Products are read while the call waits, or by a run that is started, asked after and
 * whose dataset is read in the end. Every one of these calls counts for the limit. An answer that makes no sense counts as the upstream's
 * fault, as an error status does.
 */
@ApplicationScoped
class ScraperClient {

    /** Ids of the scraper become parts of addresses. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final Set<String> UNDER_WAY = Set.of("READY", "RUNNING", "TIMING-OUT", "ABORTING");
    private static final String SUCCEEDED = "SUCCEEDED";

    /** A run that was started. */
    record Started(String runId, String datasetId) {}

    /** How far a run is. */
    enum Progress {
        UNDER_WAY,
        SUCCEEDED,
        FAILED
    }

    /** @param said in the scraper's words */
    record Run(Progress progress, String said) {}

    private final ScraperConnection connection;
    private final ItemParser parser;
    private final ObjectMapper mapper;
    private final ScraperConfig config;
    private final Guard guard;
    private final Vertx vertx;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ScraperClient(
            ScraperConnection connection,
            ItemParser parser,
            ObjectMapper mapper,
            ScraperConfig config,
            Guards guards,
            Vertx vertx) {
        this.connection = connection;
        this.parser = parser;
        this.mapper = mapper;
        this.config = config;
        this.guard = guards.named(ScraperConnection.UPSTREAM);
        this.vertx = vertx;
    }

    /** Reads these products of one marketplace with one call. */
    Uni<Dataset> read(List<Claimed> items) {
        return guard.call(() -> connection
                .post(actor() + "/run-sync-get-dataset-items", urls(items))
                .chain(answer -> parsed(answer, items)));
    }

    /** Starts a run that reads these products. */
    Uni<Started> start(List<Claimed> items) {
        return guard.call(() -> connection.post(actor() + "/runs", urls(items)).map(this::started));
    }

    /** Asks after a run. */
    Uni<Run> run(String runId) {
        return guard.call(() -> connection
                .get("/v2/actor-runs/" + runId)
                .map(answer -> ofStatus(data(answer).path("status").asText(""))));
    }

    /** What a run has found, of these products. */
    Uni<Dataset> dataset(String datasetId, List<Claimed> items) {
        return guard.call(() -> connection
                .get("/v2/datasets/" + datasetId + "/items?format=json")
                .chain(answer -> parsed(answer, items)));
    }

    private String actor() {
        return "/v2/acts/" + URLEncoder.encode(config.actor(), StandardCharsets.UTF_8);
    }

    private static JsonObject urls(List<Claimed> items) {
        return new JsonObject()
                .put("urls", new JsonArray(items.stream().map(Claimed::url).toList()));
    }

    /** Off the event loop: an answer of some megabytes takes dozens of milliseconds. */
    private Uni<Dataset> parsed(byte[] answer, List<Claimed> items) {
        Instant readAt = clock.instant();
        return vertx.executeBlocking(() -> parser.parse(answer, items, readAt), false);
    }

    private Started started(byte[] answer) {
        JsonNode data = data(answer);
        return new Started(id(data, "id"), id(data, "defaultDatasetId"));
    }

    private static Run ofStatus(String status) {
        if (status.equals(SUCCEEDED)) {
            return new Run(Progress.SUCCEEDED, status);
        }
        if (UNDER_WAY.contains(status)) {
            return new Run(Progress.UNDER_WAY, status);
        }
        if (status.isEmpty()) {
            throw new UpstreamFaultException("scraper does not say how far a run is");
        }
        return new Run(Progress.FAILED, status.length() <= 40 ? status : status.substring(0, 40));
    }

    private JsonNode data(byte[] answer) {
        try {
            JsonNode root = mapper.readTree(answer);
            if (root != null && root.path("data").isObject()) {
                return root.path("data");
            }
        } catch (IOException e) {
            throw new UpstreamFaultException("scraper answered broken JSON about a run", e);
        }
        throw new UpstreamFaultException("scraper answered without data about a run");
    }

    private static String id(JsonNode data, String field) {
        String id = data.path(field).asText("");
        if (!ID.matcher(id).matches()) {
            throw new UpstreamFaultException("scraper started a run without a usable " + field);
        }
        return id;
    }
}
