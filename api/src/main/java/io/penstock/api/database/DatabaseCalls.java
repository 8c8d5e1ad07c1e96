package io.penstock.api.database;

import io.penstock.api.problem.DatabaseUnavailableException;
import io.penstock.api.problem.DatabaseUnavailableException.Effect;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The one deadline of all calls that need PostgreSQL, from the look-up of the key to the answer, and what is known of those
 * that met it.
 *
 * <p>A call begins only when a connection can be had. While PostgreSQL cannot be reached it is refused without having sent
 * anything, so that its effect is known, none, and nothing is left behind that would be carried out when PostgreSQL is back.
 * Once it has begun, a deadline or a lost connection leaves the effect of a writing call unknown.
 */
@ApplicationScoped
public class DatabaseCalls {

    /** Calls that wait for PostgreSQL at once. Beyond that it is the bottleneck, and more would only hold memory. */
    static final int MOST_UNDER_WAY = 1_000;

    private static final String SPENT = "penstock.database.spent";

    private final Pool pool;
    private final DatabaseOutage outage;
    private final Duration deadline;
    private final AtomicInteger underWay = new AtomicInteger();

    @Inject
    DatabaseCalls(
            Pool pool,
            DatabaseOutage outage,
            @ConfigProperty(name = "penstock.database.deadline", defaultValue = "5s") Duration deadline) {
        this.pool = pool;
        this.outage = outage;
        this.deadline = deadline;
    }

    /** Notes that a request has used up a part of its deadline before its call begins. */
    public static void spend(RoutingContext http, long nanos) {
        http.put(SPENT, spentIn(http).plusNanos(nanos));
    }

    static Duration spentIn(@Nullable RoutingContext http) {
        Duration spent = http == null ? null : http.get(SPENT);
        return spent == null ? Duration.ZERO : spent;
    }

    /** A call that changes nothing. Fails with {@link DatabaseUnavailableException} when PostgreSQL is away. */
    public <T> Uni<T> reading(Uni<T> call) {
        return reading(call, Duration.ZERO);
    }

    <T> Uni<T> reading(Uni<T> call, Duration spent) {
        return within(call, spent, Effect.NONE);
    }

    /** A call that may change something. */
    <T> Uni<T> writing(Uni<T> call, Duration spent) {
        return within(call, spent, Effect.UNKNOWN);
    }

    /** @param onceBegun what is known of a call that has begun and is not answered */
    private <T> Uni<T> within(Uni<T> call, Duration spent, Effect onceBegun) {
        return Uni.createFrom().deferred(() -> {
            Duration left = deadline.minus(spent);
            if (left.toMillis() < 1) {
                return Uni.createFrom().failure(late(Effect.NONE));
            }
            if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
                underWay.decrementAndGet();
                return Uni.createFrom()
                        .failure(new DatabaseUnavailableException(
                                MOST_UNDER_WAY + " calls wait for it already", Effect.NONE, null));
            }
            // Whoever is first decides: the call begins, or it has been answered and must not begin any more.
            AtomicBoolean decided = new AtomicBoolean();
            return reachable()
                    .chain(() -> decided.compareAndSet(false, true)
                            ? call
                            : Uni.createFrom().<T>failure(new TimeoutException()))
                    .ifNoItem()
                    .after(left)
                    .fail()
                    .onFailure(DatabaseUnavailableException::isAway)
                    .transform(failure -> told(failure, decided.compareAndSet(false, true) ? Effect.NONE : onceBegun))
                    .onFailure(DatabaseUnavailableException.class)
                    .invoke(outage::met)
                    .onTermination()
                    .invoke(underWay::decrementAndGet);
        });
    }

    private DatabaseUnavailableException told(Throwable failure, Effect effect) {
        if (failure instanceof DatabaseUnavailableException e) {
            return e;
        }
        return failure instanceof TimeoutException
                ? late(effect)
                : new DatabaseUnavailableException(String.valueOf(failure.getMessage()), effect, failure);
    }

    private DatabaseUnavailableException late(Effect effect) {
        return new DatabaseUnavailableException("no answer within " + deadline.toMillis() + " ms", effect, null);
    }

    /** Takes a connection and gives it back, without a round trip where one is open. Continues where it was called. */
    private Uni<Void> reachable() {
        Context context = Vertx.currentContext();
        Uni<Void> taken = Uni.createFrom().emitter(emitter -> pool.getDelegate()
                .getConnection()
                .onComplete(
                        connection -> {
                            // Also where nobody waits any more.
                            connection.close();
                            emitter.complete(null);
                        },
                        emitter::fail));
        return context == null ? taken : taken.emitOn(command -> context.runOnContext(turn -> command.run()));
    }
}
