package io.penstock.local.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves the {@link SampleOffers} over HTTP on loopback, with the {@link Mischief} of its plan. Mischief befalls pages
 * of the list; look-ups by id are always answered.
 */
public final class SampleFeed implements AutoCloseable {

    /** What is offered changes a little this often. */
    static final Duration ROUND = Duration.ofMinutes(1);

    private static final int THREADS = 4;
    private static final String PATH = "/offers";
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;

    static {
        // Without it every answer on a kept connection waits some 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final SampleOffers offers;
    private final Mischief.Plan mischief;
    private final String token;
    private final InstantSource clock;
    private final Instant start;
    private final FeedPage pages = new FeedPage();
    private final Map<Integer, AtomicInteger> requestsByPage = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "sample-feed");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;
    private volatile @Nullable Round latest;

    public SampleFeed(int port, String token, SampleOffers offers, Mischief.Plan mischief, InstantSource clock)
            throws IOException {
        this.offers = offers;
        this.mischief = mischief;
        this.token = token;
        this.clock = clock;
        this.start = clock.instant();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext(PATH, this::receive);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void receive(HttpExchange exchange) throws IOException {
        FeedQuery query;
        try {
            query = FeedQuery.parse(exchange.getRequestURI());
        } catch (IllegalArgumentException invalid) {
            send(exchange, BAD_REQUEST, pages.refuse(String.valueOf(invalid.getMessage())));
            return;
        }
        if (!token.equals(query.token())) {
            send(exchange, UNAUTHORIZED, pages.refuse("mwsd is not a valid token"));
            return;
        }
        Mischief done = mischiefOn(query);
        // A slow answer holds no thread: the others are served meanwhile.
        CompletableFuture.delayedExecutor(done.delay().toMillis(), TimeUnit.MILLISECONDS, threads)
                .execute(() -> answer(exchange, query, done.kind()));
    }

    private Mischief mischiefOn(FeedQuery query) {
        return query.isListing() ? mischief.on(query.page(), nth(query.page())) : Mischief.NONE;
    }

    private int nth(int page) {
        return requestsByPage
                .computeIfAbsent(page, first -> new AtomicInteger())
                .incrementAndGet();
    }

    private void answer(HttpExchange exchange, FeedQuery query, Mischief.Kind kind) {
        try {
            switch (kind) {
                case ANSWER -> send(exchange, 200, pages.write(query, matching(query)));
                case TOO_MANY_REQUESTS -> {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    send(exchange, 429, pages.refuse("too many requests"));
                }
                case SERVER_ERROR -> send(exchange, 500, "text/html", "<html><body>Internal error</body></html>");
            }
        } catch (IOException callerIsGone) {
            exchange.close();
        }
    }

    private List<SampleOffer> matching(FeedQuery query) {
        return offersNow().stream().filter(query::admits).toList();
    }

    private List<SampleOffer> offersNow() {
        int number = (int) Duration.between(start, clock.instant()).dividedBy(ROUND);
        Round known = latest;
        if (known == null || known.number() != number) {
            known = new Round(number, offers.all(number).toList());
            latest = known;
        }
        return known.offers();
    }

    private record Round(int number, List<SampleOffer> offers) {}

    private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
        send(exchange, status, "application/json", body.toString());
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
