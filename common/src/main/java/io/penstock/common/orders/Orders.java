package io.penstock.common.orders;

import static io.penstock.common.orders.OrderRefusedException.Reason.SALE_ENDED;
import static io.penstock.common.orders.OrderRefusedException.Reason.SOLD_OUT;
import static io.penstock.common.orders.OrderRefusedException.Reason.STATE;
import static io.penstock.common.orders.OrderRefusedException.Reason.UNKNOWN;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that changes an order. Each change is one transaction: the order, its tickets, the quantity that is left, and
 * what is enqueued because of it, or nothing.
 *
 * <p>No more is sold than there is, because the row of a type of tickets counts what is left, cannot go below zero, and is
 * locked by whoever changes it. Of all who want to end an order, the first to have its row does.
 */
@ApplicationScoped
public class Orders {

    /** Characters of a payment's reference. */
    public static final int MAX_PAYMENT = 100;

    private static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);
    private static final Duration LONGEST_HOLD = Duration.ofDays(30);

    private static final String USER =
            """
            INSERT INTO shop_user (email) VALUES ($1) ON CONFLICT (email) DO UPDATE SET email = EXCLUDED.email RETURNING id
            """;

    private static final String INSERT =
            """
            INSERT INTO shop_order (user_id, ticket_type_id, quantity, amount_cents, currency, request_key, expires_at)
            SELECT $1, t.id, $3, t.price_cents * $3::integer, t.currency, $4,
                clock_timestamp() + $5 * interval '1 millisecond'
            FROM shop_ticket_type AS t JOIN shop_session AS s ON s.id = t.session_id
            WHERE t.id = $2 AND s.starts_at > clock_timestamp()
            ON CONFLICT (request_key) DO NOTHING
            RETURNING id
            """;

    private static final String OF_KEY = "SELECT " + OrderRows.COLUMNS
            + " FROM shop_order AS o JOIN shop_user AS u ON u.id = o.user_id WHERE o.request_key = $1";

    private static final String FIND = "SELECT " + OrderRows.COLUMNS
            + " FROM shop_order AS o JOIN shop_user AS u ON u.id = o.user_id WHERE o.id = $1";

    private static final String TYPE_EXISTS = "SELECT 1 FROM shop_ticket_type WHERE id = $1";

    private static final String COUNT_DOWN =
            """
            UPDATE shop_ticket_type SET available = available - $2 WHERE id = $1 AND available >= $2
            """;

    private static final String TAKE_TICKETS =
            """
            UPDATE shop_ticket SET state = 'held', order_id = $3
            WHERE id = ANY (ARRAY(
                SELECT id FROM shop_ticket WHERE ticket_type_id = $1 AND state = 'available'
                ORDER BY id LIMIT $2 FOR UPDATE))
            """;

    private static final String PAY =
            """
            UPDATE shop_order SET state = 'paid', payment = $2, ended_at = clock_timestamp()
            WHERE id = $1 AND state = 'pending' AND expires_at > clock_timestamp()
            """;

    private static final String SELL_TICKETS =
            "UPDATE shop_ticket SET state = 'sold' WHERE order_id = $1 AND state = 'held'";

    private static final String CANCEL =
            """
            UPDATE shop_order SET state = 'cancelled', ended_at = clock_timestamp()
            WHERE id = $1 AND state = 'pending' AND expires_at > clock_timestamp()
            RETURNING ticket_type_id, quantity
            """;

    /** A row that another transaction works on is left to it. */
    private static final String EXPIRE =
            """
            WITH due AS (
                SELECT id FROM shop_order WHERE id = $1 AND state = 'pending' AND expires_at <= clock_timestamp()
                FOR UPDATE SKIP LOCKED),
            expired AS (
                UPDATE shop_order AS o SET state = 'expired', ended_at = clock_timestamp()
                FROM due WHERE o.id = due.id
                RETURNING o.id, o.user_id, o.ticket_type_id, o.quantity)
            SELECT e.id, e.ticket_type_id, e.quantity, u.email, t.name AS ticket_type, c.name AS concert
            FROM expired AS e
            JOIN shop_user AS u ON u.id = e.user_id
            JOIN shop_ticket_type AS t ON t.id = e.ticket_type_id
            JOIN shop_session AS s ON s.id = t.session_id
            JOIN shop_concert AS c ON c.id = s.concert_id
            """;

    private static final String NOT_EXPIRED =
            """
            SELECT ceil(extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS left_ms
            FROM shop_order WHERE id = $1 AND state = 'pending'
            """;

    private static final String COUNT_UP = "UPDATE shop_ticket_type SET available = available + $2 WHERE id = $1";

    private static final String RETURN_TICKETS =
            "UPDATE shop_ticket SET state = 'available', order_id = NULL WHERE order_id = $1 AND state = 'held'";

    private final Pool pool;
    private final Outbox outbox;
    private final ShopMails mails;
    private final OrdersConfig config;

    /** @throws IllegalArgumentException where a setting is out of bounds */
    @Inject
    public Orders(Pool pool, Outbox outbox, ShopMails mails, OrdersConfig config) {
        require(
                config.holdTime().compareTo(SHORTEST_HOLD) >= 0
                        && config.holdTime().compareTo(LONGEST_HOLD) <= 0,
                "penstock.orders.hold-time must be 1 s to 30 days");
        require(config.maxPerOrder() >= 1, "penstock.orders.max-per-order must be at least 1");
        this.pool = pool;
        this.outbox = outbox;
        this.mails = mails;
        this.config = config;
    }

    /**
     * Holds tickets for a while, and enqueues the end of the hold.
     *
     * <p>Fails with {@link OrderRefusedException} where they cannot be had, with {@link InvalidOrderException} where there
     * are too many for one order, and with {@link IdempotencyKeyReusedException} where the key stands for another request.
     */
    public Uni<Hold> hold(HoldRequest request) {
        return Uni.createFrom().deferred(() -> {
            InvalidOrderException.require(
                    request.quantity() <= config.maxPerOrder(),
                    "quantity",
                    "must be between 1 and " + config.maxPerOrder());
            return pool.withTransaction(transaction -> hold(transaction, request));
        });
    }

    private Uni<Hold> hold(SqlConnection transaction, HoldRequest request) {
        String key = request.key().map(IdempotencyKey::digest).orElse(null);
        return transaction
                .preparedQuery(USER)
                .execute(Tuple.of(request.email()))
                .chain(user -> transaction
                        .preparedQuery(INSERT)
                        .execute(Tuple.of(
                                user.iterator().next().getLong("id"),
                                request.ticketTypeId(),
                                request.quantity(),
                                key,
                                (double) config.holdTime().toMillis())))
                .chain(made -> made.size() == 1
                        ? take(transaction, request, made.iterator().next().getLong("id"))
                        : repeated(transaction, request, key));
    }

    /** The job of the end goes first: the type's row, which all buyers wait for, is locked for as short as can be. */
    private Uni<Hold> take(SqlConnection transaction, HoldRequest request, long orderId) {
        return find(transaction, orderId)
                .call(order -> outbox.enqueue(
                        transaction,
                        OrdersJobs.EXPIRE_HOLD,
                        new ExpireHold(orderId),
                        JobOptions.DEFAULT.startingAt(order.expiresAt())))
                .call(() -> countDown(transaction, request))
                .call(() -> transaction
                        .preparedQuery(TAKE_TICKETS)
                        .execute(Tuple.of(request.ticketTypeId(), request.quantity(), orderId))
                        .invoke(taken -> requireAll(taken, request.quantity(), request.ticketTypeId())))
                .map(order -> new Hold(order, true));
    }

    private static Uni<Void> countDown(SqlConnection transaction, HoldRequest request) {
        return transaction
                .preparedQuery(COUNT_DOWN)
                .execute(Tuple.of(request.ticketTypeId(), request.quantity()))
                .invoke(counted -> {
                    if (counted.rowCount() == 0) {
                        throw new OrderRefusedException(
                                SOLD_OUT, "Fewer than " + request.quantity() + " tickets of this type are left.");
                    }
                })
                .replaceWithVoid();
    }

    /** Tickets and their count are changed together, or the count lies. */
    private static void requireAll(RowSet<Row> changed, int quantity, long ticketTypeId) {
        if (changed.rowCount() != quantity) {
            throw new IllegalStateException("ticket type " + ticketTypeId + " counts " + quantity
                    + " tickets where there are " + changed.rowCount());
        }
    }

    private static Uni<Hold> repeated(SqlConnection transaction, HoldRequest request, @Nullable String key) {
        Uni<Optional<Order>> known = key == null
                ? Uni.createFrom().item(Optional.empty())
                : transaction.preparedQuery(OF_KEY).execute(Tuple.of(key)).map(Orders::first);
        return known.chain(found -> found.isPresent()
                ? Uni.createFrom().item(same(found.get(), request))
                : transaction
                        .preparedQuery(TYPE_EXISTS)
                        .execute(Tuple.of(request.ticketTypeId()))
                        .map(type -> {
                            throw type.size() == 0
                                    ? new OrderRefusedException(UNKNOWN, "No type of tickets has this id.")
                                    : new OrderRefusedException(SALE_ENDED, "The session has begun.");
                        }));
    }

    private static Hold same(Order order, HoldRequest request) {
        if (!order.email().equals(request.email())
                || order.ticketTypeId() != request.ticketTypeId()
                || order.quantity() != request.quantity()) {
            throw new IdempotencyKeyReusedException();
        }
        return new Hold(order, false);
    }

    /**
     * Pays a held order. Paid again with the same reference it is answered as the first time; fails with
     * {@link OrderRefusedException} where it cannot be paid any more.
     *
     * @param payment reference of the payment, 1 to {@link #MAX_PAYMENT} characters, else {@link InvalidOrderException}
     */
    public Uni<Order> pay(long orderId, String payment) {
        return Uni.createFrom().deferred(() -> {
            InvalidOrderException.requireLine("payment", payment, MAX_PAYMENT);
            return pool.withTransaction(transaction -> transaction
                    .preparedQuery(PAY)
                    .execute(Tuple.of(orderId, payment))
                    .call(paid -> paid.rowCount() == 0
                            ? Uni.createFrom().voidItem()
                            : transaction.preparedQuery(SELL_TICKETS).execute(Tuple.of(orderId)))
                    .chain(paid -> find(transaction, orderId).invoke(order -> {
                        boolean before = order.state() == OrderState.PAID && payment.equals(order.payment());
                        if (paid.rowCount() == 0 && !before) {
                            throw refusal(order, "paid");
                        }
                    })));
        });
    }

    /**
     * Gives a held order up, and its tickets back. Cancelled again it is answered as the first time; fails with
     * {@link OrderRefusedException} where it has been paid or its time has passed.
     */
    public Uni<Order> cancel(long orderId) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(CANCEL)
                .execute(Tuple.of(orderId))
                .call(cancelled -> cancelled.size() == 0
                        ? Uni.createFrom().voidItem()
                        : release(transaction, orderId, cancelled.iterator().next()))
                .chain(cancelled -> find(transaction, orderId).invoke(order -> {
                    if (cancelled.size() == 0 && order.state() != OrderState.CANCELLED) {
                        throw refusal(order, "cancelled");
                    }
                })));
    }

    private static OrderRefusedException refusal(Order order, String wish) {
        String state = order.state() == OrderState.PENDING
                ? "past its time"
                : order.state().wire();
        return new OrderRefusedException(STATE, "The order is " + state + " and cannot be " + wish + ".");
    }

    /** Expires one order if it is due, gives its tickets back, and writes a mail about it. */
    public Uni<Expiry> expire(long orderId) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(EXPIRE)
                .execute(Tuple.of(orderId))
                .chain(expired -> expired.size() == 0
                        ? whyNot(transaction, orderId)
                        : expired(transaction, orderId, expired.iterator().next())));
    }

    private Uni<Expiry> expired(SqlConnection transaction, long orderId, Row order) {
        return mails.add(transaction, List.of(MailTexts.expired(order)))
                .chain(() -> release(transaction, orderId, order))
                .replaceWith(Expiry.EXPIRED);
    }

    private static Uni<Expiry> whyNot(SqlConnection transaction, long orderId) {
        return transaction.preparedQuery(NOT_EXPIRED).execute(Tuple.of(orderId)).map(rows -> {
            if (rows.size() == 0) {
                return Expiry.ENDED_BEFORE;
            }
            long left = rows.iterator().next().getLong("left_ms");
            return left > 0 ? Expiry.notDue(Duration.ofMillis(left)) : Expiry.BUSY;
        });
    }

    private static Uni<Void> release(SqlConnection transaction, long orderId, Row order) {
        long type = order.getLong("ticket_type_id");
        int quantity = order.getInteger("quantity");
        return transaction
                .preparedQuery(COUNT_UP)
                .execute(Tuple.of(type, quantity))
                .chain(() -> transaction.preparedQuery(RETURN_TICKETS).execute(Tuple.of(orderId)))
                .invoke(returned -> requireAll(returned, quantity, type))
                .replaceWithVoid();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private static Uni<Order> find(SqlConnection transaction, long orderId) {
        return transaction.preparedQuery(FIND).execute(Tuple.of(orderId)).map(rows -> first(rows)
                .orElseThrow(() -> new OrderRefusedException(UNKNOWN, "No order has this id.")));
    }

    private static Optional<Order> first(RowSet<Row> rows) {
        return rows.stream().map(OrderRows::order).findFirst();
    }
}
