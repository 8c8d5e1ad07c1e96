package io.penstock.common.orders;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of a store that speaks S3, by the few calls that are needed. On Vert.x's client: a whole SDK would be larger than
 * the rest of the worker, and brings an HTTP client and threads of its own.
 */
@ApplicationScoped
public class S3ObjectStore implements ObjectStore {

    private static final String UPSTREAM = "object-store";

    private static final int MAX_CONNECTIONS = 8;
    private static final int MAX_WAITING = 64;
    /** A page of 1000 objects takes at most some 2 MB. */
    private static final long MOST_BYTES = 8_000_000;

    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    /** What the store is asked. */
    private record Call(
            HttpMethod method, String key, SortedMap<String, String> query, Buffer body, @Nullable String contentType) {

        static Call of(HttpMethod method, String key, Map<String, String> query) {
            return new Call(method, key, new TreeMap<>(query), Buffer.buffer(), null);
        }
    }

    private final HttpClient http;
    private final Guard guard;
    private final OrdersConfig.Files config;
    private final Optional<S3Signature> signature;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public S3ObjectStore(Vertx vertx, Guards guards, OrdersConfig config) {
        this.config = config.files();
        this.guard = guards.named(UPSTREAM);
        this.signature = this.config
                .accessKey()
                .map(key -> new S3Signature(key, this.config.secretKey().orElse(""), this.config.region()));
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectTimeout((int) this.config.deadline().toMillis()));
    }

    @PreDestroy
    public void close() {
        http.closeAndForget();
    }

    @Override
    public boolean isPresent() {
        return config.endpoint().isPresent();
    }

    @Override
    public Uni<Page> list(String prefix, @Nullable String from) {
        TreeMap<String, String> query = new TreeMap<>(Map.of("list-type", "2", "prefix", prefix));
        if (from != null) {
            query.put("continuation-token", from);
        }
        return required(Call.of(HttpMethod.GET, "", query)).map(S3Listing::read);
    }

    @Override
    public Uni<Void> put(String key, String contentType, byte[] content) {
        return required(new Call(HttpMethod.PUT, key, new TreeMap<>(), Buffer.buffer(content), contentType))
                .replaceWithVoid();
    }

    @Override
    public Uni<Optional<byte[]>> get(String key) {
        return call(Call.of(HttpMethod.GET, key, Map.of()));
    }

    @Override
    public Uni<Void> delete(String key) {
        return call(Call.of(HttpMethod.DELETE, key, Map.of())).replaceWithVoid();
    }

    @Override
    public Uni<Void> check() {
        return required(Call.of(HttpMethod.GET, "", Map.of("list-type", "2", "max-keys", "1")))
                .replaceWithVoid();
    }

    private Uni<byte[]> required(Call call) {
        return call(call)
                .map(body -> body.orElseThrow(
                        () -> new UnrecoverableJobException("the object store does not know what it is asked for")));
    }

    /** Empty where there is no such object. That there is no such bucket is a failure. */
    private Uni<Optional<byte[]>> call(Call call) {
        return guard.call(() -> Uni.createFrom()
                .item(() -> request(call))
                .chain(http::request)
                .chain(request -> exchange(request, call.body()))
                .ifNoItem()
                .after(config.deadline())
                .failWith(() -> new UpstreamFaultException("the object store did not answer within "
                        + config.deadline().toMillis() + " ms"))
                .onFailure(failure -> !failure.getClass().getName().startsWith("io.penstock."))
                .transform(failure -> new UpstreamFaultException(
                        "the object store cannot be reached: " + failure.getMessage(), failure)));
    }

    private RequestOptions request(Call call) {
        URI endpoint = config.endpoint()
                .orElseThrow(() -> new UnrecoverableJobException(
                        "the address of the object store is not set (penstock.orders.files.endpoint)"));
        boolean secure = "https".equals(endpoint.getScheme());
        int port = endpoint.getPort() < 0 ? (secure ? 443 : 80) : endpoint.getPort();
        String host = endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getHost() + ":" + port;
        String path = path(endpoint, call.key());
        RequestOptions options = new RequestOptions()
                .setMethod(call.method())
                .setHost(endpoint.getHost())
                .setPort(port)
                .setSsl(secure)
                .setURI(call.query().isEmpty() ? path : path + "?" + S3Signature.queryString(call.query()));
        if (call.contentType() != null) {
            options.putHeader("Content-Type", call.contentType());
        }
        Instant now = clock.instant();
        signature.ifPresent(signer -> signer.headers(
                        call.method().name(),
                        path,
                        call.query(),
                        host,
                        S3Signature.hash(call.body().getBytes()),
                        now)
                .forEach(options::putHeader));
        return options;
    }

    private String path(URI endpoint, String key) {
        String base = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        String root = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/"
                + S3Signature.encode(config.bucket());
        // Slashes part the key's segments and are not encoded.
        return key.isEmpty() ? root : root + "/" + S3Signature.encode(key).replace("%2F", "/");
    }

    private Uni<Optional<byte[]>> exchange(HttpClientRequest request, Buffer sent) {
        Uni<HttpClientResponse> answer = sent.length() == 0 ? request.send() : request.send(sent);
        return answer.chain(response -> body(response).map(body -> checked(response, body)))
                .onFailure()
                .invoke(() -> request.reset())
                .onCancellation()
                .invoke(() -> request.reset());
    }

    private Optional<byte[]> checked(HttpClientResponse response, byte[] body) {
        int status = response.statusCode();
        if (status < BAD_REQUEST) {
            return Optional.of(body);
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (status == NOT_FOUND && text.contains("NoSuchBucket")) {
            throw new UnrecoverableJobException("the object store has no bucket '" + config.bucket() + "'");
        }
        if (status == NOT_FOUND) {
            return Optional.empty();
        }
        throw UpstreamStatus.failure(UPSTREAM, status, response.getHeader("Retry-After"), clock.instant())
                .orElseThrow();
    }

    private static Uni<byte[]> body(HttpClientResponse response) {
        return response.toMulti()
                .collect()
                .in(Buffer::buffer, (body, part) -> append(body, part))
                .map(Buffer::getBytes);
    }

    private static void append(Buffer body, Buffer part) {
        if ((long) body.length() + part.length() > MOST_BYTES) {
            throw new UpstreamFaultException("the object store answered more than " + MOST_BYTES + " bytes");
        }
        body.appendBuffer(part);
    }
}
