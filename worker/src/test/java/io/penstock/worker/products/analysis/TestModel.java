package io.penstock.worker.products.analysis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A language model that speaks the wire format of chat completions, and misbehaves where it is told to. */
public final class TestModel implements AutoCloseable {

    public static final String KEY = "sk-s3cret";
    static final int INPUT_TOKENS = 1_000;
    static final int OUTPUT_TOKENS = 200;

    /** What it answers a call with. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer ok(String body) {
            return new Answer(200, Map.of("Content-Type", "application/json"), body);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonObject> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Function<JsonObject, Answer> answer = any -> chat(sensible());

    public TestModel() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::handle);
        server.createContext("/never/chat/completions", exchange -> waitForTheEnd());
        server.start();
    }

    public String url() {
        return base() + "/v1";
    }

    /** Takes requests and never answers. */
    String silentUrl() {
        return base() + "/never";
    }

    private String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void reset() {
        requests.clear();
        answer = any -> chat(sensible());
    }

    void onRequest(Function<JsonObject, Answer> newAnswer) {
        answer = newAnswer;
    }

    /** Bodies of all requests that had the key. */
    List<JsonObject> requests() {
        return List.copyOf(requests);
    }

    static String sensible() {
        return new JsonObject()
                .put("summary", "It is dearer than the others.")
                .put("findings", new JsonArray().add("The price is 20 % above the middle."))
                .put(
                        "suggestions",
                        new JsonArray()
                                .add(suggestion("price", "Lower it to 24.99.", "The others sell for less.", "high"))
                                .add(suggestion("title", "Name the size.", "The others do.", "low")))
                .encode();
    }

    static JsonObject suggestion(String kind, String suggestion, String reason, String impact) {
        return new JsonObject()
                .put("kind", kind)
                .put("suggestion", suggestion)
                .put("reason", reason)
                .put("impact", impact);
    }

    /** The envelope of an answer. */
    static Answer chat(String content) {
        return chat(new JsonObject().put("role", "assistant").put("content", content), "stop");
    }

    static Answer chat(JsonObject message, String finishReason) {
        return Answer.ok(new JsonObject()
                .put("id", "chatcmpl-1")
                .put("object", "chat.completion")
                .put(
                        "choices",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("index", 0)
                                        .put("message", message)
                                        .put("finish_reason", finishReason)))
                .put(
                        "usage",
                        new JsonObject()
                                .put("prompt_tokens", INPUT_TOKENS)
                                .put("completion_tokens", OUTPUT_TOKENS)
                                .put("total_tokens", INPUT_TOKENS + OUTPUT_TOKENS))
                .encode());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer told;
        if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                || !exchange.getRequestMethod().equals("POST")) {
            told = new Answer(401, Map.of(), "{\"error\":{\"code\":\"invalid_api_key\"}}");
        } else {
            JsonObject request = new JsonObject(body);
            requests.add(request);
            told = answer.apply(request);
        }
        byte[] bytes = told.body().getBytes(StandardCharsets.UTF_8);
        told.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(told.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void waitForTheEnd() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
