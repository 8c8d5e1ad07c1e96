package io.penstock.common.webhook;

import io.penstock.common.flow.UpstreamStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.WorkerExecutor;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to the programs of others. Any answer but 2xx is a failure. Redirections are not followed: where they lead nobody has agreed to.
 *
 * <p>Where a user names the target, its name is looked up once, every address that comes is judged, and the connection goes to the address
 * that was judged. So a name that answers differently the second time gains nothing. The name stays what TLS checks and what
 * {@code Host} says.
 *
 * <p>The address may hold a password or a token, and client libraries like to repeat it in their messages: no message of theirs is passed on.
 */
@ApplicationScoped
public class Webhooks {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Of one receiver, so that a slow one keeps no other waiting. */
    private static final int MAX_CONNECTIONS = 4;

    private static final int MAX_WAITING = 200;
    /** Looking up names blocks a thread; it has those of its own. */
    private static final int NAME_THREADS = 4;

    private static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(30);
    private static final int TIMEOUT = 408;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY = 429;

    private final HttpClient http;
    private final HostNames names;
    private final Reach reach;
    private final InstantSource clock;
    private final Optional<WorkerExecutor> threads;

    private record Answer(int status, Optional<String> retryAfter) {}

    @Inject
    Webhooks(Vertx vertx, WebhookConfig config) {
        WorkerExecutor executor = vertx.createSharedWorkerExecutor(
                "webhook-names", NAME_THREADS, LONGEST_LOOK_UP.toSeconds(), TimeUnit.SECONDS);
        this.http = client(vertx);
        this.names = host -> executor.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
        this.reach = new Reach(config.allowedNetworks().orElse(List.of()));
        this.clock = InstantSource.system();
        this.threads = Optional.of(executor);
    }

    /** With names as the caller has them. */
    Webhooks(Vertx vertx, HostNames names, Reach reach) {
        this.http = client(vertx);
        this.names = names;
        this.reach = reach;
        this.clock = InstantSource.system();
        this.threads = Optional.empty();
    }

    /** For programs that have no container. */
    public static Webhooks withDefaults(Vertx vertx) {
        return new Webhooks(vertx, Optional::empty);
    }

    private static HttpClient client(Vertx vertx) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(MAX_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setKeepAlive(false)
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis()));
    }

    /** Fails with {@link WebhookException} alone where the message was not taken. */
    public Uni<Void> post(WebhookCall call) {
        String host = String.valueOf(call.target().getHost());
        AtomicReference<HttpClientRequest> open = new AtomicReference<>();
        return serverFor(call, host)
                .chain(server -> http.request(request(call, server)))
                .invoke(open::set)
                .chain(request -> exchange(request, call.body()))
                .ifNoItem()
                .after(call.deadline())
                .fail()
                .onFailure(failure -> !(failure instanceof WebhookException))
                .transform(failure -> WebhookException.forNow(
                        "the webhook at " + host + " cannot be reached: "
                                + failure.getClass().getSimpleName(),
                        Optional.empty()))
                .chain(answer -> judge(answer, host))
                // What the answer says is of no interest, and one that has not come is waited for no longer.
                .onTermination()
                .invoke(() -> close(open.get()));
    }

    /** True: a webhook of a user that leads there would be refused. False also where only looking up its name can tell. */
    public boolean surelyRefuses(URI target) {
        String host = target.getHost();
        return host == null || reach.surelyRefuses(host);
    }

    /** Whether a text is an address to which can be posted. */
    public static Optional<URI> address(String text) {
        try {
            URI uri = new URI(text.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
        threads.ifPresent(WorkerExecutor::closeAndForget);
    }

    private static void close(@Nullable HttpClientRequest request) {
        if (request != null) {
            request.connection().closeAndForget();
        }
    }

    /** Empty: whatever the name leads to. */
    private Uni<Optional<SocketAddress>> serverFor(WebhookCall call, String host) {
        if (call.trusted()) {
            return Uni.createFrom().item(Optional.empty());
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return names.addressesOf(name)
                .onFailure(UnknownHostException.class)
                .transform(failure ->
                        WebhookException.forNow("the webhook's host " + host + " has no address", Optional.empty()))
                .map(addresses -> {
                    if (addresses.isEmpty() || !addresses.stream().allMatch(reach::admits)) {
                        throw WebhookException.forGood(
                                "the webhook's host " + host + " is no public address, which is refused");
                    }
                    return Optional.of(SocketAddress.inetSocketAddress(
                            port(call.target()), addresses.get(0).getHostAddress()));
                });
    }

    private RequestOptions request(WebhookCall call, Optional<SocketAddress> server) {
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(withoutUser(call.target()))
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Penstock-Timestamp", timestamp);
        server.ifPresent(options::setServer);
        call.headers().forEach(options::putHeader);
        call.secret()
                .ifPresent(key ->
                        options.putHeader("X-Penstock-Signature", Signature.of(key, timestamp + "." + call.body())));
        if (call.target().getUserInfo() != null) {
            byte[] user = call.target().getUserInfo().getBytes(StandardCharsets.UTF_8);
            options.putHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        return options;
    }

    private static Uni<Answer> exchange(HttpClientRequest request, String body) {
        return request.send(body)
                .map(response ->
                        new Answer(response.statusCode(), Optional.ofNullable(response.getHeader("Retry-After"))));
    }

    private Uni<Void> judge(Answer answer, String host) {
        int status = answer.status();
        if (status / 100 == 2) {
            return Uni.createFrom().voidItem();
        }
        String what = "the webhook at " + host + " answered " + status;
        boolean forNow = status >= 500 || status == TIMEOUT || status == TOO_EARLY || status == TOO_MANY;
        return Uni.createFrom()
                .failure(
                        forNow
                                ? WebhookException.forNow(
                                        what,
                                        UpstreamStatus.retryAfter(
                                                answer.retryAfter().orElse(null), clock.instant()))
                                : WebhookException.forGood(what));
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static String withoutUser(URI uri) {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost() + port + path + query;
    }
}
