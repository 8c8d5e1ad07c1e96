package io.penstock.common.outbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.QueuePartition;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisIdempotentEnqueue;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.sqlclient.PoolOptions;
import jakarta.validation.Validation;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** An outbox with as many relays as a test wants, on a real PostgreSQL and a real Redis. */
final class OutboxHarness implements AutoCloseable {

    /** Payload of the tests: numbered, and by whom. */
    record Step(String by, @Min(0) @Max(1_000_000) int number) {}

    static final String QUEUE = "orders";
    static final JobType<Step> STEP = JobType.of("test.step", Step.class).queue(QUEUE);
    static final JobType<Step> ELSEWHERE =
            JobType.of("test.elsewhere", Step.class).queue("cleanup");
    static final JobType<Step> GATHERED =
            JobType.of("test.gathered", Step.class).queue(QUEUE).gather(3, Duration.ofMinutes(1));
    static final JobType<Step> SPREAD = JobType.of("test.spread", Step.class).queue("spread");
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    final RedisFixture redis;
    final RedisRouter link;
    final QueuePolicies policies;
    final IdempotentEnqueue idempotentEnqueue;
    final RedisJobQueue queue;
    final Pool pool;
    final OutboxTable table;
    final OutboxAdmin admin;
    final Outbox outbox;
    final ObjectMapper mapper = new ObjectMapper();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final OutboxMeters meters = new OutboxMeters(registry);
    private final RowJobs jobs;
    private final List<RelayProcess> processes = new ArrayList<>();

    static void migrate() {
        Flyway.configure()
                .dataSource("jdbc:postgresql://" + EmbeddedServers.postgresAddress(), "postgres", "postgres")
                .load()
                .migrate();
    }

    OutboxHarness() {
        this(new RedisFixture());
    }

    OutboxHarness(RedisFixture redis) {
        this.redis = redis;
        link = redis.routes();
        JobTypes types = new JobTypes(List.of(() -> List.of(STEP, ELSEWHERE, SPREAD, GATHERED)));
        policies = new QueuePolicies(List.of(
                QueuePolicy.defaults(QUEUE),
                QueuePolicy.defaults("cleanup"),
                QueuePolicy.defaults("spread").withPartitions(PARTITIONS)));
        idempotentEnqueue = new RedisIdempotentEnqueue(link, policies, DEADLINE);
        queue = new RedisJobQueue(link, policies, DEADLINE);
        pool = new Pool(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(16))
                .connectingTo(PgConnectOptions.fromUri("postgresql://" + EmbeddedServers.postgresAddress())
                        .setUser("postgres")
                        .setPassword("postgres"))
                .using(redis.vertx())
                .build());
        PayloadCodec payloads = new PayloadCodec(
                mapper,
                Validation.byProvider(HibernateValidator.class)
                        .configure()
                        .messageInterpolator(new ParameterMessageInterpolator())
                        .buildValidatorFactory()
                        .getValidator(),
                1_000);
        JobOptionsCodec options = new JobOptionsCodec(mapper);
        table = new OutboxTable(pool);
        admin = new OutboxAdmin(pool, table);
        outbox = new Outbox(table, idempotentEnqueue, payloads, options);
        jobs = new RowJobs(types, payloads, options);
        sql("TRUNCATE job_outbox, job_outbox_refused, job_outbox_key");
    }

    static OutboxRelayConfig config(String... settings) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            properties.put("penstock.outbox.relay." + settings[i], settings[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .withMapping(OutboxRelayConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(OutboxRelayConfig.class);
    }

    OutboxRelay relay(String... settings) {
        return relay(idempotentEnqueue, settings);
    }

    OutboxRelay relay(IdempotentEnqueue through, String... settings) {
        return new OutboxRelay(
                table, through, jobs, meters, config(settings), new MemorySize(BigInteger.valueOf(1_000)));
    }

    /** A relay with its loops, as a process runs it; stopped with the harness. */
    RelayProcess process(IdempotentEnqueue through, String... settings) {
        OutboxRelayConfig config = config(settings);
        RelayProcess process = new RelayProcess(
                redis.vertx(),
                pool,
                relay(through, settings),
                table,
                new DedupCleaner(through, table, config, () -> Duration.ofDays(1)),
                meters,
                config);
        processes.add(process);
        process.start();
        return process;
    }

    /** Runs rounds until nothing is left to do. */
    RelayRound relayAll(OutboxRelay relay) {
        RelayRound round = await(relay.runOnce());
        return round.more() ? relayAll(relay) : round;
    }

    String enqueue(Step step) {
        return enqueue(step, JobOptions.DEFAULT);
    }

    String enqueue(Step step, JobOptions options) {
        return inTransaction(transaction -> outbox.enqueue(transaction, STEP, step, options));
    }

    /** Steps of one key in one statement of one transaction. */
    List<String> enqueueInOrder(JobType<Step> type, String key, int from, int to) {
        List<Outbox.Item<Step>> items = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            items.add(Outbox.Item.of(new Step(key, number), JobOptions.DEFAULT).inOrderOf(key));
        }
        return inTransaction(transaction -> outbox.enqueueAll(transaction, type, items));
    }

    <T> T inTransaction(Function<SqlConnection, Uni<T>> work) {
        return await(pool.withTransaction(work));
    }

    List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        await(pool.preparedQuery(statement).execute(Tuple.from(List.of(parameters))))
                .forEach(rows::add);
        return rows;
    }

    /** The pool may hand a connection out that was killed a moment ago; waits until it has noticed. */
    void untilThePoolHasNoticed() {
        org.awaitility.Awaitility.await().ignoreExceptions().until(() -> !sql("SELECT 1")
                .isEmpty());
    }

    long unsent() {
        return sql("SELECT count(*) AS n FROM job_outbox").get(0).getLong("n");
    }

    /** As they are stored. */
    List<String> readyPayloads() {
        List<String> payloads = new ArrayList<>();
        for (Response entry : redis.run("XRANGE", RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0), "-", "+")) {
            payloads.add(entry.get(1).get(3).toString());
        }
        return payloads;
    }

    /** Payloads of the ready jobs of a place, in the order in which workers get them. */
    List<Step> ready(String queueName, int partition) {
        List<Step> steps = new ArrayList<>();
        for (Response entry : redis.run("XRANGE", RedisKeys.ready(queueName, partition, Lane.MAIN, 0), "-", "+")) {
            steps.add(step(entry.get(1).get(3).toString()));
        }
        return steps;
    }

    List<Step> ready() {
        return ready(QUEUE, 0);
    }

    /** Of every partition of the queue {@code spread}: entry ids tell the time, so that the order between them is known. */
    List<Step> spread() {
        record Timed(long ms, Step step) {}
        return Stream.iterate(0, partition -> partition < PARTITIONS, partition -> partition + 1)
                .flatMap(partition -> {
                    List<Timed> steps = new ArrayList<>();
                    for (Response entry :
                            redis.run("XRANGE", RedisKeys.ready("spread", partition, Lane.MAIN, 0), "-", "+")) {
                        String id = entry.get(0).toString();
                        steps.add(new Timed(
                                Long.parseLong(id.substring(0, id.indexOf('-'))),
                                step(entry.get(1).get(3).toString())));
                    }
                    return steps.stream();
                })
                .sorted(java.util.Comparator.comparingLong(Timed::ms))
                .map(Timed::step)
                .toList();
    }

    /** Ends every ready job, as if a worker had run it. */
    void completeAll() {
        for (Response entry : redis.run("XRANGE", RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0), "-", "+")) {
            redis.run(
                    "XDEL",
                    RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0),
                    entry.get(0).toString());
        }
        redis.run("DEL", RedisKeys.jobs(QUEUE, 0));
    }

    /** As {@link #completeAll}, from an event loop. */
    void completeAllQuietly() {
        Request end = Request.cmd(Command.DEL)
                .arg(RedisKeys.ready(QUEUE, 0, Lane.MAIN, 0))
                .arg(RedisKeys.jobs(QUEUE, 0));
        link.send(RedisKeys.jobs(QUEUE, 0), end, DEADLINE);
    }

    boolean redisIsAway() {
        return idempotentEnqueue
                .clockMs()
                .map(now -> false)
                .onFailure()
                .recoverWithItem(true)
                .await()
                .atMost(PATIENCE);
    }

    long marks() {
        return redis.run("ZCARD", RedisKeys.accepted(QUEUE, 0)).toLong();
    }

    private Step step(String payload) {
        try {
            return mapper.readValue(payload, Step.class);
        } catch (Exception e) {
            throw new IllegalStateException(payload, e);
        }
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    @Override
    public void close() {
        processes.forEach(RelayProcess::stop);
        await(pool.close());
        link.close();
        redis.close();
    }

    /** Passes everything on; tests override what has to go wrong. */
    static class Passing implements IdempotentEnqueue {

        private final IdempotentEnqueue next;

        Passing(IdempotentEnqueue next) {
            this.next = next;
        }

        @Override
        public QueuePartition partitionOf(NewJob job) {
            return next.partitionOf(job);
        }

        @Override
        public List<QueuePartition> places() {
            return next.places();
        }

        @Override
        public Uni<Long> clockMs() {
            return next.clockMs();
        }

        @Override
        public Uni<Integer> acceptOnce(QueuePartition place, List<Keyed> jobs, long notAfterMs) {
            return next.acceptOnce(place, jobs, notAfterMs);
        }

        @Override
        public Uni<List<String>> oldDedupKeys(QueuePartition place, Duration age, int most) {
            return next.oldDedupKeys(place, age, most);
        }

        @Override
        public Uni<Void> forget(QueuePartition place, Collection<String> marks) {
            return next.forget(place, marks);
        }
    }
}
