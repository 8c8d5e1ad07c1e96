package io.penstock.worker.offers;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.flow.UpstreamStatus;
import io.penstock.common.job.UnrecoverableJobException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
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

/**
 * The HTTP side of the feed: one request, one answer within its bounds of time and size.
 *
 * <p>On Vert.x's client rather than a declared REST client, because that one takes answers of any size. The address of a
 * request carries the token, so that no message of the client is passed on before the token is cut out.
 */
@ApplicationScoped
class FeedConnection {

    static final String UPSTREAM = "offers";

    private static final int MAX_CONNECTIONS = 32;
    private static final int MAX_WAITING = 256;
    /** Below what servers usually grant an idle connection, so that we close it first. */
    private static final int KEEP_ALIVE_SECONDS = 15;

    private final HttpClient http;
    private final OffersConfig.Feed config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    FeedConnection(Vertx vertx, OffersConfig config) {
        this.config = config.feed();
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setConnectTimeout((int) this.config.connectTimeout().toMillis()));
    }

    /** The body of a good answer; else a failure as {@link UpstreamStatus} has it. */
    Uni<byte[]> get(FeedQuery query) {
        return Uni.createFrom()
                .item(() -> requestOptions(query))
                .chain(http::request)
                .chain(this::exchange)
                .ifNoItem()
                .after(config.deadline())
                .failWith(() -> new UpstreamFaultException(
                        "offers feed did not answer within " + config.deadline().toMillis() + " ms"))
                .onFailure(FeedConnection::isForeign)
                .transform(e -> new UpstreamFaultException("offers feed cannot be read: " + withoutToken(e)));
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
    }

    private RequestOptions requestOptions(FeedQuery query) {
        URI base = config.url()
                .orElseThrow(() -> new UnrecoverableJobException(
                        "the address of the offers feed is not set (penstock.offers.feed.url)"));
        String separator = base.getRawQuery() == null ? "?" : "&";
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(
                        base + separator + query.queryString(config.token().orElse("")))
                .putHeader("Accept", "application/json");
    }

    /** Whatever ends the exchange early also closes the connection: its rest is of no use. */
    private Uni<byte[]> exchange(HttpClientRequest request) {
        return request.send()
                .chain(this::body)
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
                .in(Buffer::buffer, (body, part) -> append(body, part, limit))
                .map(Buffer::getBytes);
    }

    private static void append(Buffer body, Buffer part, long limit) {
        if ((long) body.length() + part.length() > limit) {
            throw new UpstreamFaultException("offers feed answered more than " + limit + " bytes");
        }
        body.appendBuffer(part);
    }

    private static boolean isForeign(Throwable failure) {
        return !failure.getClass().getName().startsWith("io.penstock.");
    }

    private String withoutToken(Throwable failure) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        String token = config.token().orElse("");
        return token.isEmpty() ? text : text.replace(token, "***").replace(FeedQuery.encode(token), "***");
    }
}
