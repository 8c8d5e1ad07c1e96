package io.penstock.worker.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.orders.ExpireHold;
import io.penstock.common.orders.Expiry;
import io.penstock.common.orders.Orders;
import io.penstock.common.orders.OrdersJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/**
 * Ends one hold at its time. The job starts by the queue's clock, but PostgreSQL's decides whether the order is due: a job
 * that comes too early waits for the rest.
 */
@ApplicationScoped
class ExpireHoldHandler implements JobHandler<ExpireHold> {

    /** Whoever has the row locked pays, cancels or expires it: a matter of milliseconds. */
    private static final Duration UNTIL_UNLOCKED = Duration.ofMillis(200);

    private final Orders orders;

    @Inject
    ExpireHoldHandler(Orders orders) {
        this.orders = orders;
    }

    @Override
    public JobType<ExpireHold> type() {
        return OrdersJobs.EXPIRE_HOLD;
    }

    @Override
    public Uni<Outcome> handle(ExpireHold payload, JobContext context) {
        return orders.expire(payload.orderId()).map(ExpireHoldHandler::outcome);
    }

    private static Outcome outcome(Expiry expiry) {
        return switch (expiry.kind()) {
            case EXPIRED, ENDED_BEFORE -> Outcome.completed();
            case BUSY -> Outcome.snooze(UNTIL_UNLOCKED, "another transaction works on the order");
            case NOT_DUE -> Outcome.snooze(expiry.left(), "the order is not due yet");
        };
    }
}
