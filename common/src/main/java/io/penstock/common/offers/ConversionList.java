package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The offers that are watched closely, because they convert.
 *
 * <p>A watching job goes through the list group by group and replaces each group by those that still convert. Every
 * entry remembers the job that looked at it, so that a job that was put off goes on where it was. Sweeps never touch
 * the list; what they found is added by {@link #addSwept}.
 */
@ApplicationScoped
public class ConversionList {

    /** Shuffled anew for each job: a group the feed cannot answer must not always stand before the same others. */
    private static final String NEXT_GROUP =
            """
            SELECT offer_id FROM conversion_list
            WHERE checked_by IS DISTINCT FROM $1
            ORDER BY md5(offer_id || $1), offer_id
            LIMIT $2
            """;

    private static final String REPLACE_GROUP =
            """
            WITH entries AS (
                SELECT offer_id FROM conversion_list WHERE offer_id = ANY($1) ORDER BY offer_id FOR UPDATE
            ), kept AS (
                UPDATE conversion_list l SET checked_by = $3
                FROM entries e WHERE l.offer_id = e.offer_id AND e.offer_id = ANY($2)
            )
            DELETE FROM conversion_list l
            USING entries e WHERE l.offer_id = e.offer_id AND e.offer_id <> ALL($2)
            """;

    private static final String END_ROUND = "UPDATE conversion_list SET checked_by = NULL WHERE checked_by = $1";

    /** Looks back past the mark, because a page is stored some time after it was read. */
    private static final String ADD_SWEPT =
            """
            WITH previous AS (
                SELECT coalesce(max(merged_up_to), '-infinity') - interval '15 minutes' AS mark FROM conversion_merges
            ), moved AS (
                INSERT INTO conversion_merges (merged_up_to) VALUES (now())
                ON CONFLICT (one_row) DO UPDATE SET merged_up_to = EXCLUDED.merged_up_to
            )
            INSERT INTO conversion_list (offer_id)
            SELECT offer_id FROM offers, previous
            WHERE swept_at > previous.mark AND last_conversion_seconds IS NOT NULL
            ORDER BY offer_id
            ON CONFLICT DO NOTHING
            """;

    private final Pool pool;

    @Inject
    public ConversionList(Pool pool) {
        this.pool = pool;
    }

    /** Entries this job has not looked at yet; empty when it has seen all. */
    public Uni<List<String>> nextGroup(String jobId, int size) {
        return pool.preparedQuery(NEXT_GROUP).execute(Tuple.of(jobId, size)).map(rows -> {
            List<String> ids = new ArrayList<>(rows.size());
            for (Row row : rows) {
                ids.add(row.getString(0));
            }
            return ids;
        });
    }

    /**
     * Takes the offers of a group off the list, except those kept, within the caller's transaction.
     *
     * @return how many were taken off
     */
    public Uni<Integer> replaceGroup(
            SqlConnection connection, Collection<String> group, Collection<String> kept, String jobId) {
        return connection
                .preparedQuery(REPLACE_GROUP)
                .execute(Tuple.of(group.toArray(String[]::new), kept.toArray(String[]::new), jobId))
                .map(rows -> rows.rowCount());
    }

    /** Forgets what a job has looked at, once it is through: a later job may have the same id. */
    public Uni<Void> endRound(String jobId) {
        return pool.preparedQuery(END_ROUND).execute(Tuple.of(jobId)).replaceWithVoid();
    }

    /** Adds the offers that sweeps found to convert since this was done last; answers how many were new. */
    public Uni<Integer> addSwept() {
        return pool.preparedQuery(ADD_SWEPT).execute().map(rows -> rows.rowCount());
    }
}
