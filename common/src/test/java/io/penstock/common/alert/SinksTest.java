package io.penstock.common.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.webhook.Signature;
import io.penstock.common.webhook.Webhooks;
import io.quarkus.mailer.Mail;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people and other programs get to see of alerts, and what never shows. */
class SinksTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    private record Received(Map<String, String> headers, String path, String body) {}

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void aMailNamesTheSubjectAndTheSummary() {
        List<Mail> mails = new ArrayList<>();
        ReactiveMailer mailer = sent -> {
            mails.addAll(List.of(sent));
            return Uni.createFrom().voidItem();
        };
        MailSink sink = new MailSink(
                mailer, AlertSettings.of(Map.of("penstock.alert.mail.to", "ops@example.org,on-call@example.org")));
        assertThat(sink.isOn()).isTrue();
        get(sink.send(digest(1)));
        get(sink.send(digest(60)));
        assertThat(mails.get(0).getTo()).containsExactly("ops@example.org", "on-call@example.org");
        assertThat(mails.get(0).getSubject()).isEqualTo("[Penstock] CRITICAL health/1: down");
        assertThat(mails.get(0).getText()).contains("CRITICAL health/1\n    down\n    2026-11-22T12:00:00Z");
        assertThat(mails.get(0).getHeaders().get("Message-ID")).containsExactly("<alert-1-1@penstock>");
        assertThat(mails.get(1).getSubject()).isEqualTo("[Penstock] 60 alerts");
        assertThat(mails.get(1).getText()).contains("and 10 more");
    }

    @Test
    void nobodyIsMailedUnlessNamed() {
        assertThat(new MailSink(sent -> Uni.createFrom().voidItem(), AlertSettings.of(Map.of())).isOn())
                .isFalse();
        assertThat(webhook(Map.of()).isOn()).isFalse();
    }

    @Test
    void aWebhookIsPostedJsonWithASignature() throws Exception {
        HttpServer server = server(200);
        String secret = "hook-secret";
        WebhookSink sink = webhook(Map.of(
                "penstock.alert.webhook.url",
                "http://user:pass@127.0.0.1:" + server.actualPort() + "/hook?token=t",
                "penstock.alert.webhook.secret",
                secret));
        get(sink.send(digest(2)));

        Received request = received.poll(10, TimeUnit.SECONDS);
        assertThat(request.path()).isEqualTo("/hook?token=t");
        JsonObject body = new JsonObject(request.body());
        assertThat(body.getString("source")).isEqualTo("penstock");
        assertThat(body.getInteger("more")).isZero();
        assertThat(body.getJsonArray("alerts").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("id", 1)
                        .put("subject", "health/1")
                        .put("state", "raised")
                        .put("severity", "critical")
                        .put("summary", "down")
                        .put("at", "2026-11-22T12:00:00Z"));
        assertThat(request.headers().get("content-type")).isEqualTo("application/json");
        assertThat(request.headers().get("authorization")).isEqualTo("Basic dXNlcjpwYXNz");
        assertThat(request.headers().get("x-penstock-signature"))
                .isEqualTo(Signature.of(secret, request.headers().get("x-penstock-timestamp") + "." + request.body()));
    }

    @Test
    void aSignatureIsWhatOthersCompute() {
        // RFC 4231, test case 2.
        assertThat(Signature.of("Jefe", "what do ya want for nothing?"))
                .isEqualTo("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void anAnswerThatIsNotGoodIsAFailureWithoutSecrets() throws Exception {
        HttpServer server = server(500);
        WebhookSink refused = webhook(Map.of(
                "penstock.alert.webhook.url",
                "http://user:pass@127.0.0.1:" + server.actualPort() + "/secret-path?token=t"));
        assertThatThrownBy(() -> get(refused.send(digest(1))))
                .hasMessage("the webhook at 127.0.0.1 answered 500")
                .hasNoCause();
        WebhookSink away =
                webhook(Map.of("penstock.alert.webhook.url", "http://user:pass@127.0.0.1:1/secret-path?token=t"));
        assertThatThrownBy(() -> get(away.send(digest(1))))
                .hasMessageStartingWith("the webhook at 127.0.0.1 cannot be reached: ")
                .hasMessageNotContainingAny("pass", "secret-path", "token");
    }

    @Test
    void aWebhookThatHangsIsBrokenOff() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {})
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        WebhookSink sink = webhook(Map.of(
                "penstock.alert.webhook.url",
                "http://127.0.0.1:" + server.actualPort() + "/",
                "penstock.alert.deadline",
                "100ms"));
        assertThatThrownBy(() -> get(sink.send(digest(1)))).hasMessageContaining("cannot be reached");
    }

    @Test
    void aWrongAddressIsRefusedAtStartWithoutRepeatingIt() {
        for (String address : List.of("ftp://user:pass@host/x", "no address: pass", "https:///pass")) {
            assertThatThrownBy(() -> webhook(Map.of("penstock.alert.webhook.url", address)))
                    .hasMessage("penstock.alert.webhook.url is not an address such as https://host/path")
                    .hasNoCause();
        }
    }

    private HttpServer server(int status) throws Exception {
        return vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    received.add(new Received(headers(request), request.uri(), body.toString()));
                    request.response().setStatusCode(status).end();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static Map<String, String> headers(HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
        return headers;
    }

    private WebhookSink webhook(Map<String, String> properties) {
        return new WebhookSink(
                Webhooks.withDefaults(io.vertx.mutiny.core.Vertx.newInstance(vertx)), AlertSettings.of(properties));
    }

    private static AlertDigest digest(int notices) {
        return AlertDigest.of(LongStream.rangeClosed(1, notices)
                .mapToObj(n -> new AlertNotice(n, "health/" + n, Severity.CRITICAL, true, "down", NOON))
                .toList());
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(LIMIT);
    }
}
