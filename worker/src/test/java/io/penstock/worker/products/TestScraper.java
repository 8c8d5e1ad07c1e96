package io.penstock.worker.products;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A scraper that speaks the wire format, both ways, and misbehaves where it is told to. */
public final class TestScraper implements AutoCloseable {

    public static final String TOKEN = "apify_s3cret";

    /** What it answers a call with. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer ok(String body) {
            return new Answer(200, Map.of("Content-Type", "application/json"), body);
        }

        static Answer status(int status) {
            return new Answer(status, Map.of(), "<html>error</html>");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, List<String>> runs = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> looks = new ConcurrentHashMap<>();
    private final Map<String, String> products = new ConcurrentHashMap<>();
    private volatile Function<String, Answer> before = path -> null;
    private volatile Function<Integer, String> statusAtLook = look -> look < 2 ? "RUNNING" : "SUCCEEDED";

    public TestScraper() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Well-behaved again. */
    void reset() {
        calls.clear();
        asked.clear();
        runs.clear();
        looks.clear();
        products.clear();
        before = path -> null;
        statusAtLook = look -> look < 2 ? "RUNNING" : "SUCCEEDED";
    }

    /** What it has of a product; the fields as JSON members. Others have a price of $10.00. */
    void product(String asin, String members) {
        products.put(asin, "{\"statusCode\":200,\"asin\":\"" + asin + "\"," + members + "}");
    }

    /** The whole entry. */
    void entry(String asin, String json) {
        products.put(asin, json);
    }

    /** Answers calls by their path; null: as usual. */
    void onCall(Function<String, Answer> answer) {
        before = answer;
    }

    /** What it says of a run that is asked after for the so many-th time, from 1. */
    void onLook(Function<Integer, String> status) {
        statusAtLook = status;
    }

    /** Method and path of each call. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    /** The ASIN of each product that was asked for. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        calls.add(exchange.getRequestMethod() + " " + path);
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer;
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer = Answer.status(401);
        } else {
            Answer told = before.apply(path);
            answer = told == null ? usual(path, body) : told;
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer usual(String path, String body) {
        if (path.endsWith("/run-sync-get-dataset-items")) {
            return items(asins(body));
        }
        if (path.endsWith("/runs")) {
            String id = "run" + (runs.size() + 1) + "x" + System.nanoTime();
            runs.put(id, asins(body));
            return new Answer(201, Map.of(), run(id, "READY"));
        }
        String id = path.split("/")[3];
        if (path.startsWith("/v2/actor-runs/")) {
            int look = looks.computeIfAbsent(id, any -> new AtomicInteger()).incrementAndGet();
            return Answer.ok(run(id, statusAtLook.apply(look)));
        }
        return items(runs.getOrDefault(id, List.of()));
    }

    private static String run(String id, String status) {
        return "{\"data\":{\"id\":\"" + id + "\",\"status\":\"" + status + "\",\"defaultDatasetId\":\"" + id + "\"}}";
    }

    private List<String> asins(String body) {
        List<String> asins = new JsonObject(body)
                .getJsonArray("urls").stream()
                        .map(String::valueOf)
                        .map(url -> url.substring(url.lastIndexOf('/') + 1))
                        .toList();
        asked.addAll(asins);
        return asins;
    }

    private Answer items(List<String> asins) {
        return Answer.ok(asins.stream()
                .map(asin -> products.getOrDefault(
                        asin,
                        "{\"statusCode\":200,\"asin\":\"" + asin + "\",\"title\":\"Product " + asin
                                + "\",\"price\":\"$10.00\"}"))
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.joining(",", "[", "]")));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
