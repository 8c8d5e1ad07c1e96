package io.penstock.common.pool;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Hands work to the pool that its caller names. A read goes to the pool for writes while the read pool is busy and that one is less so.
 * Owes its callers that the pools for reads and analyses cost nothing before somebody uses them.
 */
@ApplicationScoped
public class DatabasePools {

    private final Map<Purpose, LazyPool> pools = new EnumMap<>(Purpose.class);
    private final double divertAbove;

    @Inject
    DatabasePools(
            Pool write,
            Vertx vertx,
            PoolsConfig config,
            MeterRegistry meters,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            @ConfigProperty(name = "quarkus.datasource.reactive.max-size", defaultValue = "20") int writeSize,
            @ConfigProperty(name = "quarkus.datasource.reactive.additional-properties.\"statement_timeout\"")
                    Optional<Integer> writeTimeout) {
        this(
                config.divertAbove(),
                new LazyPool(Purpose.WRITE, writeSize, Duration.ofMillis(writeTimeout.orElse(0)), () -> write),
                new LazyPool(
                        Purpose.READ,
                        config.read().maxSize(),
                        config.read().statementTimeout(),
                        () -> newPool(
                                vertx,
                                Purpose.READ,
                                config.read().url().orElse(url),
                                user,
                                password,
                                config.read().maxSize(),
                                config.read().idleTimeout(),
                                config.read().statementTimeout(),
                                config.pooled())),
                new LazyPool(
                        Purpose.ANALYTICS,
                        config.analytics().maxSize(),
                        Duration.ZERO,
                        () -> newPool(
                                vertx,
                                Purpose.ANALYTICS,
                                config.analytics().url().orElse(url),
                                user,
                                password,
                                config.analytics().maxSize(),
                                config.analytics().idleTimeout(),
                                Duration.ZERO,
                                config.pooled())));
        pools.values().forEach(pool -> pool.measure(meters));
        pool(Purpose.WRITE).alsoInUse = new PlatformUse(meters);
    }

    private DatabasePools(double divertAbove, LazyPool write, LazyPool read, LazyPool analytics) {
        this.divertAbove = divertAbove;
        pools.put(Purpose.WRITE, write);
        pools.put(Purpose.READ, read);
        pools.put(Purpose.ANALYTICS, analytics);
    }

    /** For programs without a bean container: each pool as it is, with its size. */
    public static DatabasePools of(Pool write, int writeSize, Pool read, int readSize, Pool analytics, int size) {
        return new DatabasePools(
                0.8,
                new LazyPool(Purpose.WRITE, writeSize, Duration.ZERO, () -> write),
                new LazyPool(Purpose.READ, readSize, Duration.ZERO, () -> read),
                new LazyPool(Purpose.ANALYTICS, size, Duration.ZERO, () -> analytics));
    }

    /** One pool for everything, for programs and tests without a bean container. */
    public static DatabasePools of(Pool pool) {
        return of(pool, 4, pool, 4, pool, 4);
    }

    private static Pool newPool(
            Vertx vertx,
            Purpose purpose,
            String url,
            Optional<String> user,
            Optional<String> password,
            int size,
            Duration idle,
            Duration statementTimeout,
            boolean pooled) {
        PgConnectOptions options =
                connectTo(url, user, password, purpose.wire()).setUseLayer7Proxy(pooled);
        // A pooler refuses what it cannot keep apart between those that share a connection.
        if (!statementTimeout.isZero() && !pooled) {
            options.addProperty("statement_timeout", Long.toString(statementTimeout.toMillis()));
        }
        return Pool.newInstance(PgBuilder.pool()
                .connectingTo(options)
                .with(new PoolOptions()
                        .setMaxSize(size)
                        .setName(LazyPool.NAME + purpose.wire())
                        .setIdleTimeout((int) idle.toMillis())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS))
                .using(vertx)
                .build());
    }

    static PgConnectOptions connectTo(String url, Optional<String> user, Optional<String> password, String purpose) {
        PgConnectOptions options =
                PgConnectOptions.fromUri(url.startsWith("vertx-reactive:") ? url.substring(15) : url);
        user.ifPresent(options::setUser);
        password.ifPresent(options::setPassword);
        return options.addProperty("application_name", "penstock-" + purpose);
    }

    /** What must see what was just written, or writes. */
    public <T> Uni<T> write(Function<Pool, Uni<T>> work) {
        return on(Purpose.WRITE, work);
    }

    /** A read; it may lag behind where there is a replica. */
    public <T> Uni<T> read(Function<Pool, Uni<T>> work) {
        return on(Purpose.READ, work);
    }

    /** Something that may take long. */
    public <T> Uni<T> analytics(Function<Pool, Uni<T>> work) {
        return on(Purpose.ANALYTICS, work);
    }

    /** In one transaction of the pool for writes. */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return write(pool -> pool.withTransaction(work));
    }

    /**
     * Gives a pool to work that takes one connection of it at a time.
     *
     * @param work called when somebody subscribes; not kept longer than until its answer
     */
    public <T> Uni<T> on(Purpose purpose, Function<Pool, Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            LazyPool pool = route(purpose);
            long began = pool.use.began();
            return Uni.createFrom()
                    .deferred(() -> work.apply(pool.get()))
                    .onTermination()
                    .invoke((item, failure, cancelled) -> pool.use.ended(began, failure == null && !cancelled));
        });
    }

    /** The pool that work gets now. */
    LazyPool route(Purpose purpose) {
        LazyPool asked = pool(purpose);
        LazyPool write = pool(Purpose.WRITE);
        if (purpose == Purpose.READ && asked.share() > divertAbove && write.share() < asked.share()) {
            asked.use.diverted();
            return write;
        }
        return asked;
    }

    LazyPool pool(Purpose purpose) {
        LazyPool pool = pools.get(purpose);
        if (pool == null) {
            throw new IllegalStateException("no pool for " + purpose);
        }
        return pool;
    }

    /** How the pools of this process are, in the order of {@link Purpose}. */
    public List<PoolState> states() {
        return pools.values().stream().map(LazyPool::state).toList();
    }

    /** Asks a pool that is in use whether it answers; one that nobody uses is left alone. An empty text: all is well. */
    public Uni<String> ask(Purpose purpose, Duration within) {
        LazyPool pool = pool(purpose);
        if (!pool.isMade()) {
            return Uni.createFrom().item("");
        }
        return pool.get()
                .query("SELECT 1")
                .execute()
                .ifNoItem()
                .after(within)
                .fail()
                .replaceWith("")
                .onFailure()
                .recoverWithItem(
                        failure -> "does not answer: " + failure.getClass().getSimpleName());
    }

    @PreDestroy
    void close() {
        pools.forEach((purpose, pool) -> {
            if (purpose != Purpose.WRITE) {
                pool.close();
            }
        });
    }

    /** What was in flight since the last call, for whoever keeps it; for one caller of the process alone. */
    public List<PoolSample> takeSamples() {
        return pools.values().stream().map(LazyPool::takeSample).toList();
    }

    /** Connections of the pool for writes that are in use, whoever uses them: the platform mostly takes them directly. */
    private static final class PlatformUse implements Supplier<Integer> {

        private final MeterRegistry meters;
        private volatile List<Gauge> gauges = List.of();

        PlatformUse(MeterRegistry meters) {
            this.meters = meters;
        }

        @Override
        public Integer get() {
            if (gauges.isEmpty()) {
                gauges = Stream.of("sql.pool.active", "sql.pool.queue.size")
                        .flatMap(name -> meters.find(name).gauges().stream())
                        .filter(gauge -> !isOwn(gauge.getId().getTag("pool_name")))
                        .toList();
            }
            return (int) gauges.stream()
                    .mapToDouble(Gauge::value)
                    .filter(value -> !Double.isNaN(value))
                    .sum();
        }

        private static boolean isOwn(@Nullable String poolName) {
            return poolName != null && poolName.startsWith(LazyPool.NAME);
        }
    }

    /** A pool that is made when it is first used. */
    static final class LazyPool {

        static final String NAME = "penstock-";

        private final Purpose purpose;
        private final int size;
        private final Duration statementTimeout;
        private final Supplier<Pool> maker;
        final PoolUse use = new PoolUse();
        /** Connections that are in use by whoever does not come through here. */
        private volatile Supplier<Integer> alsoInUse = () -> 0;

        private volatile @Nullable Pool made;
        private boolean closed;
        private PoolUse.Totals told = PoolUse.Totals.NONE;

        LazyPool(Purpose purpose, int size, Duration statementTimeout, Supplier<Pool> maker) {
            this.purpose = purpose;
            this.size = size;
            this.statementTimeout = statementTimeout;
            this.maker = maker;
        }

        Pool get() {
            Pool pool = made;
            return pool != null ? pool : make();
        }

        private synchronized Pool make() {
            Pool pool = made;
            if (pool == null) {
                if (closed) {
                    throw new IllegalStateException("the pool is closed");
                }
                pool = maker.get();
                made = pool;
            }
            return pool;
        }

        boolean isMade() {
            return made != null || purpose == Purpose.WRITE;
        }

        private synchronized void close() {
            closed = true;
            Pool pool = made;
            if (pool != null) {
                pool.closeAndForget();
            }
        }

        /** Connections in use; those that wait for one count too. */
        int inUse() {
            return Math.max(use.inFlight(), alsoInUse.get());
        }

        double share() {
            return (double) inUse() / size;
        }

        int size() {
            return size;
        }

        Purpose purpose() {
            return purpose;
        }

        PoolState state() {
            PoolUse.Totals totals = use.totals();
            int inUse = inUse();
            return new PoolState(
                    purpose.wire(),
                    size,
                    Math.min(size, inUse),
                    Math.max(0, inUse - size),
                    isMade(),
                    totals.done(),
                    totals.failed(),
                    totals.diverted(),
                    totals.done() + totals.failed() == 0 ? 0 : totals.nanos() / 1e6 / (totals.done() + totals.failed()),
                    statementTimeout.toMillis());
        }

        synchronized PoolSample takeSample() {
            PoolUse.Totals totals = use.totals();
            PoolUse.Totals since = totals.minus(told);
            told = totals;
            return new PoolSample(
                    purpose.wire(),
                    size,
                    Math.max(use.takePeak(), alsoInUse.get()),
                    since.done(),
                    since.failed(),
                    since.diverted(),
                    since.nanos() / 1_000_000,
                    use.takeLongestNanos() / 1_000_000);
        }

        private void measure(MeterRegistry meters) {
            Gauge.builder("penstock.pool.in.use", this, pool -> pool.inUse())
                    .description("Connections in use, and callers that wait for one")
                    .tag("pool", purpose.wire())
                    .register(meters);
            Gauge.builder("penstock.pool.size", this, pool -> pool.size)
                    .description("Connections that the pool may have")
                    .tag("pool", purpose.wire())
                    .register(meters);
            FunctionCounter.builder("penstock.pool.work", use, of -> of.totals().done())
                    .description("Pieces of work that were given the pool by purpose")
                    .tags("pool", purpose.wire(), "result", "done")
                    .register(meters);
            FunctionCounter.builder("penstock.pool.work", use, of -> of.totals().failed())
                    .description("Pieces of work that were given the pool by purpose")
                    .tags("pool", purpose.wire(), "result", "failed")
                    .register(meters);
            if (purpose == Purpose.READ) {
                FunctionCounter.builder(
                                "penstock.pool.diverted", use, of -> of.totals().diverted())
                        .description("Reads that went to the pool for writes because the one for reads was busy")
                        .register(meters);
            }
        }
    }
}
