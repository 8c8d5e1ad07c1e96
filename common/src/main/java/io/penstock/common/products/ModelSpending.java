package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What the language model costs, by day (UTC). A call is reserved with the most that it may cost before it is made, so that any number of
 * workers together stay within the budget of the day. A process that dies between leaves the reservation: too much is noted, never too
 * little.
 */
@ApplicationScoped
public class ModelSpending {

    private static final String RESERVE =
            """
            INSERT INTO product_model_spending AS s (day, calls, cost)
            SELECT (now() AT TIME ZONE 'UTC')::date, 1, $1::numeric WHERE $1::numeric <= $2::numeric
            ON CONFLICT (day) DO UPDATE SET calls = s.calls + 1, cost = s.cost + excluded.cost
                WHERE s.cost + excluded.cost <= $2::numeric
            RETURNING day
            """;

    private static final String SETTLE =
            """
            UPDATE product_model_spending
            SET cost = greatest(0, cost - $2 + $3), input_tokens = input_tokens + $4, output_tokens = output_tokens + $5,
                failures = failures + $6
            WHERE day = $1
            """;

    private static final String RELEASE =
            """
            UPDATE product_model_spending SET calls = greatest(0, calls - 1), cost = greatest(0, cost - $2) WHERE day = $1
            """;

    private static final String DAYS =
            """
            SELECT day, calls, failures, input_tokens, output_tokens, cost FROM product_model_spending
            WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::integer ORDER BY day DESC
            """;

    /** Room in the budget of a day that one call has. */
    public record Reservation(LocalDate day, BigDecimal cost) {}

    /**
     * What a call took.
     *
     * @param failures 1 where its answer was of no use, else 0
     */
    public record Used(int inputTokens, int outputTokens, BigDecimal cost, int failures) {}

    /** One day. */
    public record Day(LocalDate day, int calls, int failures, long inputTokens, long outputTokens, BigDecimal cost) {}

    private final Pool pool;

    @Inject
    public ModelSpending(Pool pool) {
        this.pool = pool;
    }

    /** Takes room for one call; empty: the day's budget has not so much left. */
    public Uni<Optional<Reservation>> reserve(BigDecimal most, BigDecimal budget) {
        return pool.preparedQuery(RESERVE).execute(Tuple.of(most, budget)).map(rows -> rows.stream()
                .map(row -> new Reservation(row.getLocalDate("day"), most))
                .findFirst());
    }

    /** Notes what the call has really taken. */
    public Uni<Void> settle(Reservation reservation, Used used) {
        return pool.preparedQuery(SETTLE)
                .execute(Tuple.of(
                        reservation.day(),
                        reservation.cost(),
                        used.cost(),
                        used.inputTokens(),
                        used.outputTokens(),
                        used.failures()))
                .replaceWithVoid();
    }

    /** The call was not made, or costs nothing. */
    public Uni<Void> release(Reservation reservation) {
        return pool.preparedQuery(RELEASE)
                .execute(Tuple.of(reservation.day(), reservation.cost()))
                .replaceWithVoid();
    }

    /** The last so many days with calls, the latest first. */
    public Uni<List<Day>> days(int most) {
        return pool.preparedQuery(DAYS)
                .execute(Tuple.of(most))
                .map(rows -> rows.stream().map(ModelSpending::day).toList());
    }

    private static Day day(Row row) {
        return new Day(
                row.getLocalDate("day"),
                row.getInteger("calls"),
                row.getInteger("failures"),
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getBigDecimal("cost"));
    }
}
