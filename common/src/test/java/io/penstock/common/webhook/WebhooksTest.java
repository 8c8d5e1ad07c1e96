package io.penstock.common.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Posting to the programs of strangers, wherever their names lead. */
class WebhooksTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String LOOPBACK = "127.0.0.0/8";
    private static final String SECRET = "0123456789abcdef";

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final AtomicInteger lookUps = new AtomicInteger();

    private record Received(Map<String, String> headers, String uri, String body) {}

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void connectsToTheAddressThatWasJudgedUnderTheNameOfTheUser() throws Exception {
        int port = server(200, Map.of());
        // The second time the name would lead elsewhere.
        Webhooks webhooks =
                webhooks(host -> addresses(lookUps.incrementAndGet() == 1 ? "127.0.0.1" : "169.254.169.254"), LOOPBACK);

        post(webhooks, "http://hooks.example.org:" + port + "/a?b=c");

        Received request = received.poll(30, TimeUnit.SECONDS);
        assertThat(lookUps).hasValue(1);
        assertThat(request.headers()).containsEntry("host", "hooks.example.org:" + port);
        assertThat(request.uri()).isEqualTo("/a?b=c");
        assertThat(request.headers()).containsEntry("x-penstock-delivery", "17");
        assertThat(request.headers().get("x-penstock-signature"))
                .isEqualTo(Signature.of(SECRET, request.headers().get("x-penstock-timestamp") + "." + request.body()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00::1", "1.1.1.1,127.0.0.1"})
    void refusesNamesThatLeadInside(String answer) throws Exception {
        int port = server(200, Map.of());
        Webhooks webhooks = webhooks(host -> addresses(answer.split(",")));

        assertThatThrownBy(() -> post(webhooks, "http://innocent.example.org:" + port + "/"))
                .isInstanceOfSatisfying(WebhookException.class, refusal -> assertThat(refusal.isLasting())
                        .isTrue())
                .hasMessage("the webhook's host innocent.example.org is no public address, which is refused");
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1.2.3", "2130706433"})
    void refusesAddressesThatAreInside(String host) throws Exception {
        int port = server(200, Map.of());
        Webhooks webhooks = Webhooks.withDefaults(io.vertx.mutiny.core.Vertx.newInstance(vertx));
        try {
            assertThatThrownBy(() -> post(webhooks, "http://" + host + ":" + port + "/"))
                    .hasMessageEndingWith("is no public address, which is refused");
            assertThat(webhooks.surelyRefuses(URI.create("http://" + host + "/")))
                    .isTrue();
        } finally {
            webhooks.close();
        }
        assertThat(received).isEmpty();
    }

    @Test
    void followsNoRedirection() throws Exception {
        int inside = server(200, Map.of());
        int port = server(307, Map.of("Location", "http://127.0.0.1:" + inside + "/secrets"));
        Webhooks webhooks = webhooks(host -> addresses("127.0.0.1"), LOOPBACK);

        assertThatThrownBy(() -> post(webhooks, "http://hooks.example.org:" + port + "/"))
                .isInstanceOfSatisfying(WebhookException.class, refusal -> assertThat(refusal.isLasting())
                        .isTrue())
                .hasMessage("the webhook at hooks.example.org answered 307");
        assertThat(received).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 400, 401, 403, 404, 410})
    void takesRefusalsForGood(int status) throws Exception {
        assertThat(failure(status, Map.of()).isLasting()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void takesFaultsForNow(int status) throws Exception {
        assertThat(failure(status, Map.of()).isLasting()).isFalse();
    }

    @Test
    void hearsHowLongToWait() throws Exception {
        assertThat(failure(429, Map.of("Retry-After", "120")).retryAfter()).contains(Duration.ofSeconds(120));
        assertThat(failure(503, Map.of("Retry-After", "soon")).retryAfter()).isEmpty();
        assertThat(failure(503, Map.of("Retry-After", "999999999")).retryAfter())
                .contains(Duration.ofHours(1));
    }

    @Test
    void waitsForNoNameLongerThanTheDeadline() {
        Webhooks webhooks = webhooks(host -> Uni.createFrom().nothing());
        WebhookCall call = new WebhookCall(
                URI.create("http://slow.example.org/token"),
                false,
                "{}",
                Optional.empty(),
                Map.of(),
                Duration.ofMillis(50));
        assertThatThrownBy(() -> webhooks.post(call).await().atMost(LIMIT))
                .isInstanceOfSatisfying(WebhookException.class, failure -> assertThat(failure.isLasting())
                        .isFalse())
                .hasMessage("the webhook at slow.example.org cannot be reached: TimeoutException");
    }

    @Test
    void triesNamesWithoutAddressAgain() {
        Webhooks webhooks = webhooks(host -> Uni.createFrom().failure(new UnknownHostException("secret")));
        assertThatThrownBy(() -> post(webhooks, "http://gone.example.org/token"))
                .isInstanceOfSatisfying(WebhookException.class, failure -> assertThat(failure.isLasting())
                        .isFalse())
                .hasMessage("the webhook's host gone.example.org has no address");
    }

    @Test
    void knowsWhatIsAnAddress() {
        assertThat(Webhooks.address(" https://example.org/x ")).contains(URI.create("https://example.org/x"));
        for (String text : List.of("", "x", "ftp://example.org", "https:///x", "http://a b/")) {
            assertThat(Webhooks.address(text)).isEmpty();
        }
    }

    private WebhookException failure(int status, Map<String, String> headers) throws Exception {
        int port = server(status, headers);
        Webhooks webhooks = webhooks(host -> addresses("127.0.0.1"), LOOPBACK);
        try {
            post(webhooks, "http://hooks.example.org:" + port + "/");
        } catch (WebhookException failure) {
            return failure;
        }
        throw new AssertionError(status + " was taken for success");
    }

    private Webhooks webhooks(HostNames names, String... allowed) {
        return new Webhooks(io.vertx.mutiny.core.Vertx.newInstance(vertx), names, new Reach(List.of(allowed)));
    }

    private static void post(Webhooks webhooks, String target) {
        webhooks.post(new WebhookCall(
                        URI.create(target),
                        false,
                        "{\"a\":1}",
                        Optional.of(SECRET),
                        Map.of("X-Penstock-Delivery", "17"),
                        Duration.ofSeconds(30)))
                .await()
                .atMost(LIMIT);
    }

    private static Uni<List<InetAddress>> addresses(String... literals) {
        List<InetAddress> addresses = new ArrayList<>();
        try {
            for (String literal : literals) {
                addresses.add(InetAddress.getByName(literal));
            }
        } catch (UnknownHostException e) {
            return Uni.createFrom().failure(e);
        }
        return Uni.createFrom().item(addresses);
    }

    private int server(int status, Map<String, String> answer) throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(new Received(headers(request), request.uri(), body.toString()));
                    answer.forEach(request.response()::putHeader);
                    request.response().setStatusCode(status).end();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        return server.actualPort();
    }

    private static Map<String, String> headers(HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return headers;
    }
}
