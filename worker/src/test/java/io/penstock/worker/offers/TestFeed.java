package io.penstock.worker.offers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A feed that speaks the wire format and misbehaves where it is told to. */
final class TestFeed implements AutoCloseable {

    static final String TOKEN = "s3cret+token&/";

    /** What the feed answers; {@code status} 0: nothing at all, until the feed is reset. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer ok(String body) {
            return new Answer(200, Map.of("Content-Type", "application/json"), body);
        }

        static Answer status(int status) {
            return new Answer(status, Map.of(), "<html>error</html>");
        }

        static Answer busy(String retryAfter) {
            return new Answer(429, Map.of("Retry-After", retryAfter), "");
        }

        static Answer silence() {
            return new Answer(0, Map.of(), "");
        }
    }

    /** One request as it came in. */
    record Asked(Map<String, String> parameters, String traceParent) {

        String parameter(String name) {
            return parameters.get(name);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<Integer, IntFunction<Answer>> pages = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> hits = new ConcurrentHashMap<>();
    private final Map<String, String> offers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch silence = new CountDownLatch(1);
    private volatile Function<String, Answer> byId = this::usualById;
    private volatile int totalPages;

    TestFeed() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        reset();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/offers";
    }

    /** Well-behaved again, with 1000 pages of two offers each. */
    void reset() {
        silence.countDown();
        silence = new CountDownLatch(1);
        pages.clear();
        hits.clear();
        offers.clear();
        asked.clear();
        byId = this::usualById;
        totalPages = 1000;
    }

    void totalPages(int pages) {
        totalPages = pages;
    }

    /** Answers a page by the number of times it was asked for, from 1. */
    void onPage(int page, IntFunction<Answer> answer) {
        pages.put(page, answer);
    }

    /** What the feed has when it is asked by id; the rest of the fields as JSON members. */
    void offer(String id, String members) {
        offers.put(id, "{\"offer_id\":\"" + id + "\"," + members + "}");
    }

    /** Answers requests by id, given the ids as they came. */
    void onIds(Function<String, Answer> answer) {
        byId = answer;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<Integer> askedPages() {
        return asked.stream()
                .filter(request -> request.parameter("offers") == null)
                .map(request -> Integer.valueOf(request.parameter("pages")))
                .toList();
    }

    /** A whole answer around these offers. */
    Answer page(int page, String... offers) {
        return Answer.ok("{\"success\":true,\"meta\":{\"total\":" + totalPages * 2 + ",\"total_pages\":" + totalPages
                + ",\"page\":" + page + ",\"limit\":\"100\"},\"offers\":[" + String.join(",", offers)
                + "],\"time_elapsed\":0.41}");
    }

    /** The offer that a page has by itself; {@code which} 1 or 2. */
    static String offerId(int page, int which) {
        return "p" + page + "-" + which;
    }

    static String offerJson(String id, String lastConversion) {
        return "{\"offer_id\":\"" + id + "\",\"offer_name\":\"Offer " + id
                + "\",\"status\":\"Active\",\"country\":\"TW\",\"vertical\":\"Games\",\"payout\":\"1.50\","
                + "\"daily_cap\":\"Unlimited\",\"last_conv\":"
                + (lastConversion == null ? "null" : "\"" + lastConversion + "\"")
                + "}";
    }

    private Answer usualPage(int page) {
        if (page > totalPages) {
            return page(page);
        }
        return page(
                page,
                IntStream.rangeClosed(1, 2)
                        .mapToObj(which -> offerJson(offerId(page, which), which == 1 ? "5m" : null))
                        .toArray(String[]::new));
    }

    private Answer usualById(String ids) {
        return page(
                1,
                Arrays.stream(ids.split(","))
                        .map(offers::get)
                        .filter(offer -> offer != null)
                        .toArray(String[]::new));
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
        asked.add(new Asked(parameters, exchange.getRequestHeaders().getFirst("traceparent")));
        send(exchange, answer(parameters));
    }

    private Answer answer(Map<String, String> parameters) {
        if (!TOKEN.equals(parameters.get("mwsd"))) {
            return Answer.status(401);
        }
        if (parameters.containsKey("offers")) {
            return byId.apply(parameters.get("offers"));
        }
        int page = Integer.parseInt(parameters.get("pages"));
        int hit = hits.merge(page, 1, Integer::sum);
        return pages.getOrDefault(page, ignored -> usualPage(page)).apply(hit);
    }

    /** As {@link #onPage} for one that behaves from the given time on. */
    void failingUntil(int page, int goodFrom, Answer failure) {
        onPage(page, hit -> hit < goodFrom ? failure : usualPage(page));
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.status() == 0) {
            awaitReset();
            exchange.close();
            return;
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void awaitReset() {
        try {
            silence.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> parameters(String query) {
        return Arrays.stream(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        silence.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
