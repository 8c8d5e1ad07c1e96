package io.penstock.worker.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.orders.Expiry;
import io.penstock.common.orders.OrderExpiration;
import io.penstock.common.orders.OrderQueries;
import io.penstock.common.orders.OrderQueries.Place;
import io.penstock.common.orders.Orders;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.OrdersJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Ends every hold whose time has passed and that its own job has not ended: the safety net. Each order is a transaction of
 * its own, so that one that cannot be expired holds up no other. Any number of sweeps and of orders' own jobs may run at
 * once: what another transaction works on is left to it.
 */
@ApplicationScoped
class OrderExpirationHandler implements JobHandler<OrderExpiration> {

    private static final int PAGE = 500;
    /** A sweep that has failed so often in a row meets an outage, not bad orders. */
    private static final int MOST_FAILURES = 50;
    /** A sweep stops before it is timed out; the next one goes on. */
    private static final Duration SPARE = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(OrderExpirationHandler.class);

    /** What a sweep did. */
    record Report(int expired, int failed, boolean more) {}

    /** What became of the orders of one page. */
    private record Page(List<Place> places, int expired, int failed) {}

    /** A sweep under way. */
    private record Sweep(Place behind, int expired, int failed, boolean atEnd) {

        static final Sweep BEGIN = new Sweep(Place.START, 0, 0, false);

        Sweep plus(Page page) {
            return page.places().isEmpty()
                    ? new Sweep(behind, expired, failed, true)
                    : new Sweep(
                            page.places().get(page.places().size() - 1),
                            expired + page.expired(),
                            failed + page.failed(),
                            page.places().size() < PAGE);
        }
    }

    private final Orders orders;
    private final OrderQueries queries;
    private final OrdersConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    OrderExpirationHandler(Orders orders, OrderQueries queries, OrdersConfig config) {
        this.orders = orders;
        this.queries = queries;
        this.config = config;
    }

    @Override
    public JobType<OrderExpiration> type() {
        return OrdersJobs.ORDER_EXPIRATION;
    }

    @Override
    public Uni<Outcome> handle(OrderExpiration payload, JobContext context) {
        return goOn(Sweep.BEGIN, context).map(OrderExpirationHandler::outcome);
    }

    private Uni<Sweep> goOn(Sweep sweep, JobContext context) {
        boolean enough = sweep.atEnd() || sweep.failed() >= MOST_FAILURES || context.isCancelled() || isLate(context);
        return enough
                ? Uni.createFrom().item(sweep)
                : nextPage(sweep, context).chain(page -> goOn(sweep.plus(page), context));
    }

    private boolean isLate(JobContext context) {
        return clock.instant().isAfter(context.deadline().minus(SPARE));
    }

    private Uni<Page> nextPage(Sweep sweep, JobContext context) {
        return queries.due(sweep.behind(), config.sweepAfter().toMillis(), PAGE).chain(places -> Multi.createFrom()
                .iterable(places)
                .select()
                .where(place -> !context.isCancelled())
                .onItem()
                .transformToUni(place -> expire(place.id()))
                .merge(Math.max(1, config.sweepConcurrency()))
                .collect()
                .asList()
                .map(results -> new Page(places, count(results, 1), count(results, -1))));
    }

    /** 1: expired by us; 0: somebody else ended it, or is about to; -1: it could not be expired, which is logged. */
    private Uni<Integer> expire(long orderId) {
        return orders.expire(orderId)
                .map(expiry -> expiry.kind() == Expiry.Kind.EXPIRED ? 1 : 0)
                .onFailure()
                .invoke(failure ->
                        LOG.warnf("order %d could not be expired, the next sweep tries: %s", orderId, failure))
                .onFailure()
                .recoverWithItem(-1);
    }

    private static int count(List<Integer> results, int kind) {
        return (int) results.stream().filter(result -> result == kind).count();
    }

    private static Outcome outcome(Sweep sweep) {
        return sweep.failed() > 0
                ? Outcome.retryLater(sweep.failed() + " orders could not be expired; " + sweep.expired() + " were")
                : Outcome.completed(new Report(sweep.expired(), sweep.failed(), !sweep.atEnd()));
    }
}
