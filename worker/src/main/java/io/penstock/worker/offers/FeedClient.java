package io.penstock.worker.offers;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Asks the feed, behind the guard of its name. An answer that makes no sense counts as the upstream's fault, as an error
 * status does.
 */
@ApplicationScoped
class FeedClient {

    private final FeedConnection connection;
    private final FeedParser parser;
    private final Guard guard;
    private final Vertx vertx;
    private final InstantSource clock = InstantSource.system();

    @Inject
    FeedClient(FeedConnection connection, FeedParser parser, Guards guards, Vertx vertx) {
        this.connection = connection;
        this.parser = parser;
        this.guard = guards.named(FeedConnection.UPSTREAM);
        this.vertx = vertx;
    }

    Uni<FeedPage> ask(FeedQuery query) {
        return guard.call(() -> connection.get(query).chain(this::parse));
    }

    /** True while calls are put off, or one of them tries the feed, because too many failed. */
    boolean isFaulty() {
        return guard.breaker() != Guard.Breaker.CLOSED;
    }

    /** Off the event loop: an answer of some megabytes takes dozens of milliseconds. */
    private Uni<FeedPage> parse(byte[] answer) {
        Instant fetchedAt = clock.instant();
        return vertx.executeBlocking(() -> parser.parse(answer, fetchedAt), false);
    }
}
