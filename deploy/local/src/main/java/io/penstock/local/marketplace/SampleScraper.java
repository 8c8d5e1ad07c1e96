package io.penstock.local.marketplace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the {@link SampleProducts} over HTTP on loopback in the scraper's words: at once, or by a run that is started, asked after and whose
 * dataset is read. Whole calls meet with the faults of its plan; single products are now and then a page for robots, gone, or another
 * product than was asked for.
 */
public final class SampleScraper implements AutoCloseable {

    /** The marketplace moves on this often. */
    static final Duration ROUND = Duration.ofSeconds(10);

    private static final Duration RUN = Duration.ofSeconds(3);
    private static final Duration SLOWLY = Duration.ofSeconds(2);
    /** Runs that are remembered; older ones are forgotten, as the real one does after some days. */
    private static final int MOST_RUNS = 1_000;

    private static final int ONE_RUN_IN_FAILS = 9;
    private static final int MOST_BODY = 1_000_000;
    private static final int THREADS = 4;
    private static final Pattern PRODUCT = Pattern.compile("https://www\\.amazon\\.([a-z.]+)/dp/([0-9A-Z]{10})");
    private static final Pattern SYNC = Pattern.compile("/v2/acts/[^/]+/run-sync-get-dataset-items");
    private static final Pattern RUNS = Pattern.compile("/v2/acts/[^/]+/runs");
    private static final Pattern ONE_RUN = Pattern.compile("/v2/actor-runs/([A-Za-z0-9]+)");
    private static final Pattern DATASET = Pattern.compile("/v2/datasets/([A-Za-z0-9]+)/items");
    private static final String ROBOTS =
            "<!doctype html><html><head><title>Robot Check</title></head><body>Enter the characters you see below</body></html>";

    static {
        // Without it every answer on a kept connection waits some 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final SampleProducts products;
    private final ScraperFault.Plan faults;
    private final String token;
    private final InstantSource clock;
    private final Instant start;
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger faulty = new AtomicInteger();
    private final AtomicInteger runNumbers = new AtomicInteger();
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "sample-scraper");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;

    private record Run(int number, List<String> urls, Instant startedAt) {}

    private record Answer(int status, String type, String body) {}

    public SampleScraper(int port, String token, SampleProducts products, ScraperFault.Plan faults, InstantSource clock)
            throws IOException {
        this.products = products;
        this.faults = faults;
        this.token = token;
        this.clock = clock;
        this.start = clock.instant();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Calls so far. */
    public int calls() {
        return calls.get();
    }

    /** Those that met with a fault. */
    public int faults() {
        return faulty.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void receive(HttpExchange exchange) throws IOException {
        if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, error(401, "user-or-token-not-found"));
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY);
        ScraperFault fault = faults.on(calls.getAndIncrement());
        if (fault != ScraperFault.NONE) {
            faulty.incrementAndGet();
        }
        long delay = fault == ScraperFault.SLOW ? SLOWLY.toMillis() : 0;
        // A slow answer holds no thread: the others are served meanwhile.
        CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, threads)
                .execute(() -> answer(exchange, body, fault));
    }

    private void answer(HttpExchange exchange, byte[] body, ScraperFault fault) {
        try {
            switch (fault) {
                case NONE, SLOW -> send(exchange, proper(exchange, body));
                case TRUNCATED -> send(exchange, half(proper(exchange, body)));
                case CAPTCHA -> send(exchange, new Answer(200, "text/html", ROBOTS));
                case SERVER_ERROR ->
                    send(exchange, new Answer(500, "text/html", "<html><body>Internal error</body></html>"));
                case TOO_MANY_REQUESTS -> {
                    exchange.getResponseHeaders().set("Retry-After", "2");
                    send(exchange, error(429, "rate-limit-exceeded"));
                }
            }
        } catch (IOException callerIsGone) {
            exchange.close();
        }
    }

    private Answer proper(HttpExchange exchange, byte[] body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean posts = exchange.getRequestMethod().equals("POST");
        if (posts && SYNC.matcher(path).matches()) {
            return ok(200, items(urls(body)));
        }
        if (posts && RUNS.matcher(path).matches()) {
            return ok(201, started(urls(body)));
        }
        Matcher oneRun = ONE_RUN.matcher(path);
        if (!posts && oneRun.matches() && runs.containsKey(oneRun.group(1))) {
            return ok(200, told(oneRun.group(1)));
        }
        Matcher dataset = DATASET.matcher(path);
        Run run = !posts && dataset.matches() ? runs.get(dataset.group(1)) : null;
        return run == null ? error(404, "record-not-found") : ok(200, items(run.urls()));
    }

    private List<String> urls(byte[] body) throws IOException {
        List<String> urls = new ArrayList<>();
        json.readTree(body).path("urls").forEach(url -> urls.add(url.asText()));
        return urls;
    }

    private ObjectNode started(List<String> urls) {
        if (runs.size() >= MOST_RUNS) {
            runs.clear();
        }
        int number = runNumbers.incrementAndGet();
        String id = "run%06dx".formatted(number);
        runs.put(id, new Run(number, urls, clock.instant()));
        return told(id);
    }

    /** The dataset of a run has the id of the run. */
    private ObjectNode told(String id) {
        Run run = runs.get(id);
        String status = run == null || clock.instant().isBefore(run.startedAt().plus(RUN))
                ? "RUNNING"
                : run.number() % ONE_RUN_IN_FAILS == 0 ? "FAILED" : "SUCCEEDED";
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("data").put("id", id).put("status", status).put("defaultDatasetId", id);
        return answer;
    }

    private ArrayNode items(List<String> urls) {
        int round = (int) Duration.between(start, clock.instant()).dividedBy(ROUND);
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (String url : urls) {
            Matcher product = PRODUCT.matcher(url);
            if (product.matches()) {
                items.add(item(url, product.group(2), product.group(1).equals("de"), round));
            }
        }
        if (round % 5 == 4 && !urls.isEmpty()) {
            // Something else that was on the page, too.
            items.addObject().put("statusCode", 200).put("asin", "B0ZZZZZZZZ").put("title", "Sponsored");
        }
        return items;
    }

    private ObjectNode item(String url, String asin, boolean german, int round) {
        int number = SampleProducts.numberOf(asin);
        if (number < 0 || number == SampleProducts.GONE) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("statusCode", 404)
                    .put("statusMessage", "NOT_FOUND")
                    .put("asin", asin)
                    .put("url", url);
        }
        if (number % 11 == 6 && round % 7 == 3) {
            ObjectNode robots = JsonNodeFactory.instance.objectNode();
            return robots.put("statusCode", 200)
                    .put("url", url)
                    .put("title", "Robot Check")
                    .putNull("asin");
        }
        return products.page(number, round, german).put("url", url);
    }

    private static Answer ok(int status, JsonNode body) {
        return new Answer(status, "application/json; charset=utf-8", body.toString());
    }

    private static Answer error(int status, String type) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error").put("type", type).put("message", "The sample scraper answers " + status);
        return new Answer(status, "application/json; charset=utf-8", body.toString());
    }

    private static Answer half(Answer answer) {
        return new Answer(
                answer.status(),
                answer.type(),
                answer.body().substring(0, answer.body().length() / 2));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(answer.status(), body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
