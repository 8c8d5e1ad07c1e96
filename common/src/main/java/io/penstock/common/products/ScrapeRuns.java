package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Runs of the scraper that were started. Each is asked after by a job of its own, which holds no slot while it waits. */
@ApplicationScoped
public class ScrapeRuns {

    private static final String ADD =
            """
            INSERT INTO product_scrape_run (run_id, dataset_id, item_ids) VALUES ($1, $2, $3) ON CONFLICT (run_id) DO NOTHING
            """;

    private static final String FIND =
            "SELECT run_id, dataset_id, item_ids, state, started_at FROM product_scrape_run WHERE run_id = $1";

    private static final String END =
            """
            UPDATE product_scrape_run SET state = $2, said = $3, ended_at = clock_timestamp() WHERE run_id = $1 AND state = 'running'
            """;

    /** A run that was started. */
    public record Run(String runId, String datasetId, List<Long> itemIds, boolean running, Instant startedAt) {}

    private final Pool pool;
    private final Outbox outbox;
    private final Items items;

    @Inject
    public ScrapeRuns(Pool pool, Outbox outbox, Items items) {
        this.pool = pool;
        this.outbox = outbox;
        this.items = items;
    }

    /** The name under which a run has its items, see {@link Items#claim}. */
    public static String claimant(String runId) {
        return "run " + runId;
    }

    /** Keeps a run that was started, hands the items of the job that did to it, and enqueues who asks after it. */
    public Uni<Void> started(String runId, String datasetId, List<Long> itemIds, String by, Duration firstLook) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(ADD)
                .execute(Tuple.of(runId, datasetId, itemIds.toArray(Long[]::new)))
                .chain(() -> items.handOver(transaction, itemIds, by, claimant(runId)))
                .chain(() -> outbox.enqueue(
                        transaction, ProductJobs.READ_RUN, new ReadRun(runId), JobOptions.DEFAULT.withDelay(firstLook)))
                .replaceWithVoid());
    }

    public Uni<Optional<Run>> find(String runId) {
        return pool.preparedQuery(FIND).execute(Tuple.of(runId)).map(rows -> rows.stream()
                .map(row -> new Run(
                        row.getString("run_id"),
                        row.getString("dataset_id"),
                        List.of(row.getArrayOfLongs("item_ids")),
                        row.getString("state").equals("running"),
                        row.getOffsetDateTime("started_at").toInstant()))
                .findFirst());
    }

    public Uni<Void> done(String runId) {
        return pool.preparedQuery(END)
                .execute(Tuple.of(runId, "done", (String) null))
                .replaceWithVoid();
    }

    /** Its items may be read by others at once. */
    public Uni<Void> failed(Run run, String said) {
        return pool.preparedQuery(END)
                .execute(Tuple.of(run.runId(), "failed", said))
                .chain(() -> items.release(run.itemIds(), claimant(run.runId())));
    }
}
