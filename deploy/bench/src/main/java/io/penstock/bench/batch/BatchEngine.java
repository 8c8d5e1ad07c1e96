package io.penstock.bench.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.bench.Platform;
import io.penstock.common.batch.BatchConfig;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchParts;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypes;
import io.penstock.common.event.JobEvents;
import io.penstock.common.job.JobType;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.outbox.DedupCleaner;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.outbox.OutboxMeters;
import io.penstock.common.outbox.OutboxRelay;
import io.penstock.common.outbox.OutboxRelayConfig;
import io.penstock.common.outbox.OutboxTable;
import io.penstock.common.outbox.RelayProcess;
import io.penstock.common.outbox.RowJobs;
import io.penstock.common.pool.KeptStatements;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisIdempotentEnqueue;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.BatchRunners;
import io.penstock.worker.batch.TransactionalBatchHandler;
import io.penstock.worker.run.Backpressure;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.redis.client.RedisOptions;
import io.vertx.sqlclient.PoolOptions;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Batches in one process: makes them, and works them off if asked to, put together from the same classes and with the same settings as in
 * a deployment, but for the container that would inject them. Settings come as system properties.
 */
public final class BatchEngine implements AutoCloseable {

    /** Runners that one process runs at once. */
    private static final int SLOTS = 10;

    private static final int CONNECTIONS = 8;
    private static final long PAYLOAD_LIMIT = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ObjectMapper mapper = new ObjectMapper();
    private final QueuePolicy policy = QueuePolicy.builder(BatchJobs.RUN.queue())
            .concurrency(SLOTS)
            .maxStalls(1_000)
            .build();
    private final Platform platform;
    private final ValidatorFactory validators;
    private final Pool pool;
    private final JobQueue queue;
    private final BatchParts parts;
    private final RelayProcess relay;
    private final List<Runnable> stops = new ArrayList<>();

    /**
     * What a process knows.
     *
     * @param types of its batches
     * @param jobs that batches call back
     */
    public record Known(List<BatchType<?>> types, List<JobType<?>> jobs) {}

    /** @param database as {@code host:port/name}; user and password are both {@code postgres} */
    public BatchEngine(RedisOptions redis, String database, Known known) {
        platform = new Platform(redis, policy);
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(BatchConfig.class)
                .withMapping(OutboxRelayConfig.class)
                .build();
        validators = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory();
        PgConnectOptions address = PgConnectOptions.fromUri("postgresql://" + database)
                .setUser("postgres")
                .setPassword("postgres")
                .setCachePreparedStatements(true);
        KeptStatements.keepLongOnes(address);
        pool = Pool.newInstance(PgBuilder.pool()
                .connectingTo(address)
                .with(new PoolOptions().setMaxSize(CONNECTIONS))
                .using(platform.vertx())
                .build());
        queue = new RedisJobQueue(platform.routes(), platform.policies(), platform.deadline());
        JobTypes jobTypes = new JobTypes(List.of(new BatchJobs(), known::jobs));
        JobOptionsCodec options = new JobOptionsCodec(mapper);
        IdempotentEnqueue enqueue =
                new RedisIdempotentEnqueue(platform.routes(), platform.policies(), platform.deadline());
        OutboxTable table = new OutboxTable(pool);
        OutboxRelayConfig relayConfig = config.getConfigMapping(OutboxRelayConfig.class);
        OutboxMeters meters = new OutboxMeters(new SimpleMeterRegistry());
        relay = new RelayProcess(
                platform.vertx(),
                pool,
                new OutboxRelay(
                        table,
                        enqueue,
                        new RowJobs(jobTypes, platform.codec(), options),
                        meters,
                        relayConfig,
                        new MemorySize(BigInteger.valueOf(PAYLOAD_LIMIT))),
                table,
                new DedupCleaner(enqueue, table, relayConfig, () -> Duration.ofDays(1)),
                meters,
                relayConfig);
        parts = BatchParts.of(
                new BatchParts.Base(
                        pool,
                        mapper,
                        new Outbox(table, enqueue, platform.codec(), options),
                        new RedisJobAdmin(platform.routes(), platform.policies(), queue, platform.deadline()),
                        platform.codec()),
                new BatchTypes(List.of(known::types)),
                jobTypes,
                config.getConfigMapping(BatchConfig.class));
    }

    public BatchParts parts() {
        return parts;
    }

    public Pool pool() {
        return pool;
    }

    /** Relays the outbox, works batches off, and looks after lost runners every {@code keep}. */
    public void work(
            String id,
            List<? extends BatchHandler<?>> handlers,
            List<? extends TransactionalBatchHandler<?>> transactional,
            List<? extends JobHandler<?>> called,
            Duration keep) {
        BatchRunners runners =
                BatchRunners.of(parts, handlers, transactional, this::statuses, mapper, validators.getValidator());
        List<JobHandler<?>> all = new ArrayList<>(List.of(runners.run()));
        all.addAll(called);
        relay.start();
        stops.add(relay::stop);
        Platform.RunningWorker worker = platform.startWorker(
                policy,
                new Platform.Staff(
                        id, InstantSource.system(), all, List.of(), new JobEvents(List.of()), Backpressure.OPEN));
        stops.add(worker::stop);
        PeriodicTask keeping = PeriodicTask.task(
                        platform.vertx(), "keep batches", PeriodicTask.every(keep, runners.keep()))
                .timeLimit(PATIENCE)
                .build();
        keeping.start();
        stops.add(keeping::stop);
    }

    private Uni<JobStatuses.Statuses> statuses(String unused, Collection<String> ids) {
        Set<String> live = new HashSet<>();
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(id -> queue.find(id)
                        .invoke(found ->
                                found.filter(job -> !job.state().hasEnded()).ifPresent(job -> live.add(id))))
                .collect()
                .last()
                .map(last -> new JobStatuses.Statuses(live, new HashMap<>()));
    }

    /** Lets running chunks end. */
    @Override
    public void close() {
        for (int i = stops.size() - 1; i >= 0; i--) {
            stops.get(i).run();
        }
        pool.close().await().atMost(PATIENCE);
        platform.close();
        validators.close();
    }
}
