package io.penstock.local.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves chat completions over HTTP on loopback, as an OpenAI-compatible service does: {@code POST /v1/chat/completions} with a bearer key.
 * What it writes is made of the numbers in the last message, and always the same for the same; calls meet with the faults of its plan.
 * A request that a strict service would refuse is refused here, too.
 */
public final class SampleModel implements AutoCloseable {

    static final String NAME = "sample-model-1";

    private static final Duration SLOWLY = Duration.ofSeconds(3);
    private static final int MOST_BODY = 1_000_000;
    private static final int THREADS = 4;
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final String PATH = "/v1/chat/completions";

    static {
        // Without it every answer on a kept connection waits some 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final ModelFault.Plan faults;
    private final String key;
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger faulty = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "sample-model");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;

    private record Answer(int status, String type, String body) {}

    public SampleModel(int port, String key, ModelFault.Plan faults) throws IOException {
        this.key = key;
        this.faults = faults;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext(PATH, this::receive);
        server.start();
    }

    /** What {@code PENSTOCK_PRODUCT_MODEL_URL} is to be. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
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
        if (!("Bearer " + key).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, error(401, "invalid_api_key"));
            return;
        }
        if (!exchange.getRequestMethod().equals("POST")
                || !exchange.getRequestURI().getPath().equals(PATH)) {
            send(exchange, error(404, "unknown_url"));
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY);
        ModelFault fault = faults.on(calls.getAndIncrement());
        if (fault != ModelFault.NONE) {
            faulty.incrementAndGet();
        }
        long delay = fault == ModelFault.SLOW ? SLOWLY.toMillis() : 0;
        // A slow answer holds no thread: the others are served meanwhile.
        CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, threads)
                .execute(() -> answer(exchange, body, fault));
    }

    private void answer(HttpExchange exchange, byte[] body, ModelFault fault) {
        try {
            switch (fault) {
                case NONE, SLOW -> send(exchange, proper(body, content -> content));
                case TRUNCATED -> send(exchange, proper(body, content -> content.substring(0, content.length() / 2)));
                case CHATTY ->
                    send(exchange, proper(body, content -> "Sure! Here is what I found: it looks fine to me."));
                case CUT -> {
                    Answer whole = proper(body, content -> content);
                    send(
                            exchange,
                            new Answer(
                                    whole.status(),
                                    whole.type(),
                                    whole.body().substring(0, whole.body().length() / 2)));
                }
                case SERVER_ERROR ->
                    send(exchange, new Answer(500, "text/html", "<html><body>Internal error</body></html>"));
                case TOO_MANY_REQUESTS -> {
                    exchange.getResponseHeaders().set("Retry-After", "2");
                    send(exchange, error(429, "rate_limit_exceeded"));
                }
            }
        } catch (IOException callerIsGone) {
            exchange.close();
        }
    }

    /** How what it has written is changed before it is sent. */
    @FunctionalInterface
    private interface Spoiling {
        String of(String content);
    }

    private Answer proper(byte[] body, Spoiling spoiling) throws IOException {
        JsonNode request;
        JsonNode data;
        try {
            request = json.readTree(body);
            JsonNode messages = request.path("messages");
            data = json.readTree(
                    messages.path(messages.size() - 1).path("content").asText("null"));
        } catch (JsonProcessingException e) {
            return error(400, "invalid_request_error");
        }
        JsonNode format = request.path("response_format");
        if (!request.path("model").isTextual()
                || !format.path("type").asText("").equals("json_schema")
                || !format.path("json_schema").path("schema").isObject()
                || !data.path("products").isArray()) {
            return error(400, "invalid_request_error");
        }
        String content = spoiling.of(written(data.path("products")).toString());
        int asked = body.length / CHARACTERS_PER_TOKEN;
        int answered = content.length() / CHARACTERS_PER_TOKEN + 1;
        ObjectNode answer = object().put("id", "chatcmpl-" + calls.get())
                .put("object", "chat.completion")
                .put("model", request.path("model").asText());
        ObjectNode choice = answer.putArray("choices").addObject();
        choice.put("index", 0).put("finish_reason", "stop");
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", content)
                .putNull("refusal");
        answer.putObject("usage")
                .put("prompt_tokens", asked)
                .put("completion_tokens", answered)
                .put("total_tokens", asked + answered);
        return new Answer(200, "application/json", answer.toString());
    }

    private static ObjectNode written(JsonNode products) {
        JsonNode main = products.path(0);
        List<Double> prices = new ArrayList<>();
        for (int other = 1; other < products.size(); other++) {
            JsonNode price = products.path(other).path("price");
            if (price.isNumber()) {
                prices.add(price.asDouble());
            }
        }
        ObjectNode written = object();
        ArrayNode findings = written.putArray("findings");
        ArrayNode suggestions = written.putArray("suggestions");
        if (!prices.isEmpty() && main.path("price").isNumber()) {
            double price = main.path("price").asDouble();
            double mean = prices.stream().mapToDouble(each -> each).average().orElse(price);
            written.put(
                    "summary",
                    price > mean
                            ? "It is dearer than its competitors on average."
                            : "It is not dearer than its competitors on average.");
            findings.add(String.format(Locale.ROOT, "It costs %.2f, its competitors %.2f on average.", price, mean));
            suggest(
                    suggestions,
                    "price",
                    String.format(Locale.ROOT, "Try %.2f for two weeks.", (price + mean) / 2),
                    "That is half way to the competitors.",
                    Math.abs(price - mean) > mean / 10 ? "high" : "low");
        } else {
            written.put("summary", "The page can say more of the product.");
        }
        int images = main.path("images").asInt();
        findings.add("The page has " + images + " images and "
                + main.path("features").size() + " features.");
        suggest(
                suggestions,
                "images",
                "Add an image that shows the size.",
                "The page has " + images + " images.",
                images < 3 ? "high" : "medium");
        suggest(
                suggestions,
                "title",
                "Begin with the brand and the kind of product.",
                "The title has " + main.path("title").asText("").length() + " characters.",
                "medium");
        return written;
    }

    private static void suggest(ArrayNode to, String kind, String suggestion, String reason, String impact) {
        to.addObject()
                .put("kind", kind)
                .put("suggestion", suggestion)
                .put("reason", reason)
                .put("impact", impact);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Answer error(int status, String code) {
        ObjectNode body = object();
        body.putObject("error")
                .put("message", "The sample model answers " + status)
                .put("type", code)
                .put("code", code);
        return new Answer(status, "application/json", body.toString());
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
