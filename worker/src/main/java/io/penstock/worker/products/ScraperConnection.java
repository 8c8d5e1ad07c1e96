package io.penstock.worker.products;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.flow.UpstreamStatus;
import io.penstock.common.job.UnrecoverableJobException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import io.vertx.mutiny.core.http.HttpClientResponse;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The HTTP side of the scraper: one request, one answer within its bounds of time and size. */
@ApplicationScoped
class ScraperConnection {

    static final String UPSTREAM = "apify";

    private static final int MAX_CONNECTIONS = 16;
    private static final int MAX_WAITING = 128;
    /** Below what servers usually grant an idle connection, so that we close it first. */
    private static final int KEEP_ALIVE_SECONDS = 15;

    private final HttpClient http;
    private final ScraperConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ScraperConnection(Vertx vertx, ScraperConfig config) {
        this.config = config;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setConnectTimeout((int) config.connectTimeout().toMillis()));
    }

    Uni<byte[]> get(String path) {
        return ask(HttpMethod.GET, path, null);
    }

    Uni<byte[]> post(String path, JsonObject body) {
        return ask(HttpMethod.POST, path, body);
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
    }

    /** The body of a good answer; else a failure as {@link UpstreamStatus} has it. */
    private Uni<byte[]> ask(HttpMethod method, String path, @Nullable JsonObject body) {
        return Uni.createFrom()
                .item(() -> options(method, path))
                .chain(http::request)
                .chain(request -> exchange(request, body))
                .ifNoItem()
                .after(config.deadline())
                .failWith(() -> new UpstreamFaultException(
                        "scraper did not answer within " + config.deadline().toMillis() + " ms"))
                .onFailure(ScraperConnection::isForeign)
                .transform(e -> new UpstreamFaultException("scraper cannot be reached: " + withoutToken(e)));
    }

    private RequestOptions options(HttpMethod method, String path) {
        URI base = config.url()
                .orElseThrow(() -> new UnrecoverableJobException(
                        "the address of the scraper is not set (penstock.product-scraper.url)"));
        String text = base.toString();
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setAbsoluteURI((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path)
                .putHeader("Accept", "application/json");
        config.token().ifPresent(token -> options.putHeader("Authorization", "Bearer " + token));
        return options;
    }

    /** Whatever ends the exchange early also closes the connection: its rest is of no use. */
    private Uni<byte[]> exchange(HttpClientRequest request, @Nullable JsonObject body) {
        Uni<HttpClientResponse> sent = body == null
                ? request.send()
                : request.putHeader("Content-Type", "application/json").send(Buffer.buffer(body.encode()));
        return sent.chain(this::body)
                .onFailure()
                .invoke(() -> request.reset())
                .onCancellation()
                .invoke(() -> request.reset());
    }

    private Uni<byte[]> body(HttpClientResponse response) {
        Optional<RuntimeException> failure = UpstreamStatus.failure(
                UPSTREAM, response.statusCode(), response.getHeader("Retry-After"), clock.instant());
        if (failure.isPresent()) {
            // The body is of no interest, nor is that it breaks off when the connection closes.
            response.exceptionHandler(ignored -> {});
            return Uni.createFrom().failure(failure.get());
        }
        long limit = config.answerLimit().asLongValue();
        return response.toMulti()
                .collect()
                .in(Buffer::buffer, (whole, part) -> append(whole, part, limit))
                .map(Buffer::getBytes);
    }

    private static void append(Buffer whole, Buffer part, long limit) {
        if ((long) whole.length() + part.length() > limit) {
            throw new UpstreamFaultException("scraper answered more than " + limit + " bytes");
        }
        whole.appendBuffer(part);
    }

    private static boolean isForeign(Throwable failure) {
        return !failure.getClass().getName().startsWith("io.penstock.");
    }

    private String withoutToken(Throwable failure) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        String token = config.token().orElse("");
        return token.isEmpty() ? text : text.replace(token, "***");
    }
}
