package io.penstock.worker.products.analysis;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.flow.UpstreamStatus;
import io.penstock.worker.products.analysis.UselessAnswerException.Fault;
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

/** The HTTP side of the language model: one request, one answer within its bounds of time and size. It follows no redirect. */
@ApplicationScoped
class ModelConnection {

    static final String UPSTREAM = "openai";

    private static final URI OPENAI = URI.create("https://api.openai.com/v1");
    private static final int MAX_CONNECTIONS = 8;
    private static final int MAX_WAITING = 64;
    private static final int TOO_MANY_REQUESTS = 429;
    /** Of an answer that says that there is too much; enough for its code. */
    private static final int WHY_BYTES = 4_096;

    private static final String NO_CREDIT = "insufficient_quota";
    private static final int KEEP_ALIVE_SECONDS = 15;

    private final HttpClient http;
    private final ModelConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ModelConnection(Vertx vertx, ModelConfig config) {
        this.config = config;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setConnectTimeout((int) config.connectTimeout().toMillis()));
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
    }

    /** The body of a good answer; else a failure as {@link UpstreamStatus} has it. */
    Uni<byte[]> ask(Buffer request, int estimatedInput) {
        return Uni.createFrom()
                .item(this::options)
                .chain(http::request)
                .chain(open -> exchange(open, request, estimatedInput))
                .ifNoItem()
                .after(config.deadline())
                .failWith(() -> new UpstreamFaultException(
                        "it did not answer within " + config.deadline().toMillis() + " ms"))
                .onFailure(ModelConnection::isForeign)
                // No message: one of these may name the address, with whatever is in it.
                .transform(e -> new UpstreamFaultException(
                        "it cannot be reached: " + e.getClass().getSimpleName()));
    }

    private RequestOptions options() {
        String base = config.url().orElse(OPENAI).toString();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(
                        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/chat/completions")
                .putHeader("Content-Type", "application/json")
                .putHeader("Accept", "application/json");
        config.key().ifPresent(key -> options.putHeader("Authorization", "Bearer " + key));
        return options;
    }

    /** Whatever ends the exchange early also closes the connection: its rest is of no use. */
    private Uni<byte[]> exchange(HttpClientRequest open, Buffer request, int estimatedInput) {
        return open.send(request)
                .chain(response -> body(response, estimatedInput))
                .onFailure()
                .invoke(() -> open.reset())
                .onCancellation()
                .invoke(() -> open.reset());
    }

    private Uni<byte[]> body(HttpClientResponse response, int estimatedInput) {
        if (response.statusCode() == TOO_MANY_REQUESTS) {
            return why(response).chain(why -> Uni.createFrom()
                    .failure(why.contains(NO_CREDIT) ? new NoCreditException() : failure(response)));
        }
        if (response.statusCode() < 200 || response.statusCode() >= 300) {
            // The body is of no interest, nor is that it breaks off when the connection closes.
            response.exceptionHandler(ignored -> {});
            return Uni.createFrom().failure(failure(response));
        }
        long limit = config.answerLimit().asLongValue();
        return response.toMulti()
                .collect()
                .in(Buffer::buffer, (whole, part) -> {
                    if ((long) whole.length() + part.length() > limit) {
                        throw new UselessAnswerException(Fault.TOO_LARGE, estimatedInput, -1);
                    }
                    whole.appendBuffer(part);
                })
                .map(Buffer::getBytes);
    }

    private RuntimeException failure(HttpClientResponse response) {
        return UpstreamStatus.failure(
                        UPSTREAM, response.statusCode(), response.getHeader("Retry-After"), clock.instant())
                .orElseThrow();
    }

    private static Uni<String> why(HttpClientResponse response) {
        return response.toMulti()
                .collect()
                .in(StringBuilder::new, (text, part) -> {
                    if (text.length() < WHY_BYTES) {
                        text.append(part.toString());
                    }
                })
                .map(text -> text.substring(0, Math.min(text.length(), WHY_BYTES)))
                .onFailure()
                .recoverWithItem("");
    }

    private static boolean isForeign(Throwable failure) {
        return !failure.getClass().getName().startsWith("io.penstock.");
    }
}
