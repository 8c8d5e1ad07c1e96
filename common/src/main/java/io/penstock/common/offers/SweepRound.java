package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * The scheduled round over the feed: hands out the next pages, and starts again behind the last one. One row holds the
 * place, so that any number of workers share one round.
 */
@ApplicationScoped
public class SweepRound {

    /** Some pages of the round, both ends included. */
    public record Pages(int from, int to) {

        public int count() {
            return to - from + 1;
        }
    }

    /** Locks the row: planners go one after the other. */
    private static final String PLACE = "SELECT next_page FROM sweep_cursor FOR UPDATE";

    private static final String KNOWN_PLAN = "SELECT from_page, to_page FROM sweep_plans WHERE job_id = $1";

    private static final String LAST_KNOWN_TOTAL =
            """
            SELECT total_pages FROM sweeps WHERE total_pages IS NOT NULL AND status = $1
            ORDER BY started_at DESC LIMIT 1
            """;

    private static final String MOVE =
            """
            WITH moved AS (UPDATE sweep_cursor SET next_page = $4)
            INSERT INTO sweep_plans (job_id, from_page, to_page) VALUES ($1, $2, $3)
            """;

    private final Pool pool;

    @Inject
    public SweepRound(Pool pool) {
        this.pool = pool;
    }

    /**
     * Takes the next pages for a job; the same ones when the job asks again.
     *
     * @param pages how many, fewer at the end of the round
     * @param maxPages the round ends with this page, or with the feed's last page as far as it is known
     */
    public Uni<Pages> next(String jobId, int pages, int maxPages, OfferStatus status) {
        return pool.withTransaction(connection -> place(connection)
                .chain(place -> known(connection, jobId).onItem().ifNull().switchTo(() -> lastPage(
                                connection, maxPages, status)
                        .map(last -> pagesFrom(place, pages, last))
                        .call(next -> move(connection, jobId, next)))));
    }

    static Pages pagesFrom(int place, int pages, int lastPage) {
        int from = place > lastPage ? 1 : place;
        return new Pages(from, Math.min(from + pages - 1, lastPage));
    }

    private static Uni<Integer> place(SqlConnection connection) {
        return connection.preparedQuery(PLACE).execute().map(rows -> rows.iterator()
                .next()
                .getInteger(0));
    }

    /** The item is null when the job has no plan yet. */
    private static Uni<Pages> known(SqlConnection connection, String jobId) {
        return connection
                .preparedQuery(KNOWN_PLAN)
                .execute(Tuple.of(jobId))
                .onItem()
                .transformToUni(rows -> {
                    for (Row row : rows) {
                        return Uni.createFrom().item(new Pages(row.getInteger(0), row.getInteger(1)));
                    }
                    return Uni.createFrom().nullItem();
                });
    }

    private static Uni<Integer> lastPage(SqlConnection connection, int maxPages, OfferStatus status) {
        return connection
                .preparedQuery(LAST_KNOWN_TOTAL)
                .execute(Tuple.of(status.wire()))
                .map(rows -> {
                    for (Row row : rows) {
                        return Math.max(1, Math.min(maxPages, row.getInteger(0)));
                    }
                    return maxPages;
                });
    }

    private static Uni<Void> move(SqlConnection connection, String jobId, Pages next) {
        return connection
                .preparedQuery(MOVE)
                .execute(Tuple.of(jobId, next.from(), next.to(), next.to() + 1))
                .replaceWithVoid();
    }
}
