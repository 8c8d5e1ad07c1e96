package io.penstock.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchConfig;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchParts;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypes;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.job.Outcome;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.outbox.OutboxTable;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisIdempotentEnqueue;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.penstock.worker.run.JobContext;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches with as little as they may have, and as much as they may be asked for; runners are called by hand. */
@Tag("slow")
class BatchLoadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final BatchType<Long> PLAIN = BatchType.of("load.plain", Long.class);
    private static final BatchType<Long> ROWS = BatchType.of("load.rows", Long.class);

    private static PostgresFixture postgres;
    private static RedisFixture redis;
    private static RedisRouter routes;

    @BeforeAll
    static void start() {
        postgres = new PostgresFixture();
        redis = new RedisFixture();
        routes = redis.routes();
    }

    @AfterAll
    static void stop() {
        routes.close();
        redis.close();
        postgres.close();
    }

    /** Adds one item to a hundred. */
    private record Plain() implements BatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return PLAIN;
        }

        @Override
        public Uni<ItemResult> handle(Long item, ItemContext context) {
            ItemResult done = ItemResult.completed().counting("seen", 1);
            return Uni.createFrom().item(item == 7 ? done.adding(List.of(1_000_000L)) : done);
        }
    }

    private record Rows() implements TransactionalBatchHandler<Long> {

        @Override
        public BatchType<Long> type() {
            return ROWS;
        }

        @Override
        public Uni<List<ItemResult>> handle(SqlConnection transaction, List<Long> items, ItemContext context) {
            return transaction.query("SELECT 1").execute().map(rows -> items.stream()
                    .map(item -> ItemResult.completed())
                    .toList());
        }
    }

    private record Context() implements JobContext {

        @Override
        public String jobId() {
            return "test";
        }

        @Override
        public String type() {
            return "test";
        }

        @Override
        public String queue() {
            return "test";
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public int maxAttempts() {
            return 3;
        }

        @Override
        public Instant deadline() {
            return Instant.MAX;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void whenCancelled(Runnable action) {
            // It never is.
        }
    }

    private record Parts(BatchParts batches, BatchRunners runners) {

        static Parts on(Pool pool) {
            ObjectMapper mapper = new ObjectMapper();
            Validator validator = Validation.byProvider(HibernateValidator.class)
                    .configure()
                    .messageInterpolator(new ParameterMessageInterpolator())
                    .buildValidatorFactory()
                    .getValidator();
            PayloadCodec codec = new PayloadCodec(mapper, validator, 65_536);
            QueuePolicies policies = new QueuePolicies(List.of(QueuePolicy.defaults(BatchJobs.RUN.queue())));
            Duration deadline = Duration.ofSeconds(5);
            JobQueue queue = new RedisJobQueue(routes, policies, deadline);
            BatchParts batches = BatchParts.of(
                    new BatchParts.Base(
                            pool,
                            mapper,
                            new Outbox(
                                    new OutboxTable(pool),
                                    new RedisIdempotentEnqueue(routes, policies, deadline),
                                    codec,
                                    new JobOptionsCodec(mapper)),
                            new RedisJobAdmin(routes, policies, queue, deadline),
                            codec),
                    new BatchTypes(List.of(() -> List.of(PLAIN, ROWS))),
                    new JobTypes(List.of(new BatchJobs())),
                    new SmallRyeConfigBuilder()
                            .withMapping(BatchConfig.class)
                            .addDiscoveredConverters()
                            .build()
                            .getConfigMapping(BatchConfig.class));
            return new Parts(
                    batches,
                    BatchRunners.of(
                            batches,
                            List.of(new Plain()),
                            List.of(new Rows()),
                            (name, ids) -> Uni.createFrom().item(new JobStatuses.Statuses(Set.of(), Map.of())),
                            mapper,
                            validator));
        }

        UUID make(BatchSpec spec) {
            return batches.batches().create(spec).await().atMost(PATIENCE).id();
        }

        Batch find(UUID id) {
            return batches.store().find(id).await().atMost(PATIENCE).orElseThrow();
        }

        /** Turn after turn of its first runner; answers with how many. */
        Uni<Integer> runOut(UUID id, int turns) {
            return runners.run()
                    .handle(new BatchRun(id, 0, 1), new Context())
                    .chain(outcome -> outcome instanceof Outcome.Snooze
                            ? runOut(id, turns + 1)
                            : Uni.createFrom().item(turns + 1));
        }
    }

    /** A transaction that asked for a second connection would wait for itself. */
    @Test
    void aPoolOfOneConnectionIsEnough() {
        Pool one = postgres.newPool(1);
        try {
            Parts parts = Parts.on(one);
            UUID parent = parts.make(BatchSpec.of(PLAIN).opened());
            UUID plain = parts.batches()
                    .batches()
                    .create(
                            BatchSpec.of(PLAIN)
                                    .withRange(1, 500)
                                    .then(BatchSpec.of(ROWS).withRange(1, 5)),
                            parent,
                            "k",
                            "k")
                    .await()
                    .atMost(PATIENCE)
                    .id();
            UUID rows = parts.make(BatchSpec.of(ROWS).withRange(1, 500));
            parts.runOut(plain, 0).await().atMost(PATIENCE);
            parts.runOut(rows, 0).await().atMost(PATIENCE);
            parts.batches().batches().seal(parent).await().atMost(PATIENCE);

            assertThat(parts.find(plain).counts().completed()).isEqualTo(501);
            assertThat(parts.find(plain).result()).isEqualTo(Map.of("seen", 501L));
            assertThat(parts.find(rows).counts().completed()).isEqualTo(500);
            assertThat(parts.find(parent).status()).isEqualTo(BatchStatus.COMPLETED);
        } finally {
            one.close().await().atMost(PATIENCE);
        }
    }

    @Test
    void thousandsOfChunksAreTakenInTurns() {
        Parts parts = Parts.on(postgres.pool());
        UUID id = parts.make(BatchSpec.of(ROWS).withRange(1, 3_000).withFixedChunks(1));

        int turns = parts.runOut(id, 0).await().atMost(PATIENCE);

        assertThat(turns).isGreaterThanOrEqualTo(30);
        assertThat(parts.find(id).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(parts.find(id).counts().completed()).isEqualTo(3_000);
    }

    @Test
    void aThousandBatchesRunAtOnce() {
        Parts parts = Parts.on(postgres.pool());
        List<UUID> ids = Multi.createFrom()
                .range(0, 1_000)
                .onItem()
                .transformToUni(number ->
                        parts.batches().batches().create(BatchSpec.of(PLAIN).withRange(10, 19)))
                .merge(50)
                .map(Batch::id)
                .collect()
                .asList()
                .await()
                .atMost(PATIENCE);

        // As many runners as some workers have slots; all batches are open meanwhile.
        Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUni(id -> parts.runOut(id, 0))
                .merge(50)
                .collect()
                .last()
                .await()
                .atMost(PATIENCE);

        List<Batch> all = parts.batches().store().findAll(ids).await().atMost(PATIENCE);
        assertThat(all).hasSize(1_000).allSatisfy(batch -> {
            assertThat(batch.status()).isEqualTo(BatchStatus.COMPLETED);
            assertThat(batch.counts().completed()).isEqualTo(10);
            assertThat(batch.result()).isEqualTo(Map.of("seen", 10L));
        });
    }
}
