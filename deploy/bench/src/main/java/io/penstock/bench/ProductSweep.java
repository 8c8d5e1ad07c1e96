package io.penstock.bench;

import io.penstock.common.products.Metric;
import io.penstock.common.products.ProductHistory;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.Sweeps;
import io.penstock.common.products.UpdatePlan;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.flywaydb.core.Flyway;

/**
 * The daily sweep of tracked products: as many items as jobs are asked for, each tracked by two users, read page by page and enqueued in bulk. The
 * memory is looked at after the first tenth and in the end. Then the history of a year of one product, which has a row for each day, is read a
 * thousand times.
 */
final class ProductSweep implements Measurement {

    private static final int CONNECTIONS = 8;
    private static final int READS = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double MEBIBYTE = 1024.0 * 1024;

    private static final List<String> FILL = List.of(
            "INSERT INTO product_user (email, plan, last_active_at) SELECT 'u' || n || '@example.org',"
                    + " (ARRAY['basic', 'premium', 'enterprise'])[1 + n %% 3], now() - n * interval '1 minute'"
                    + " FROM generate_series(1, 5000) AS n",
            "INSERT INTO product_item (marketplace, asin, fetched_at, checked_at) SELECT 'US', 'B' || lpad(n::text, 9, '0'),"
                    + " now() - (n %% 40) * interval '1 hour', now() - (n %% 40) * interval '1 hour'"
                    + " FROM generate_series(1, %1$d) AS n",
            "INSERT INTO product_tracked (user_id, item_id, frequency) SELECT 1 + (i.id + s) %% 5000, i.id, 'daily'"
                    + " FROM product_item AS i, generate_series(0, 1) AS s",
            "CREATE TABLE year_of_days PARTITION OF product_reading_day FOR VALUES FROM ('2000-01-01') TO ('2100-01-01')",
            "INSERT INTO product_reading_day (item_id, day, readings, price, price_min, price_max, taken_at)"
                    + " SELECT item, current_date - n, 24, 100 + n %% 7, 90, 120, now() - n * interval '1 day'"
                    + " FROM generate_series(1, 365) AS n, generate_series(1, 1000) AS item",
            "ANALYZE");

    @Override
    public Figures measure(Run run) {
        try (BenchPostgres postgres = new BenchPostgres()) {
            Flyway.configure()
                    .dataSource("jdbc:" + postgres.url(), postgres.user(), postgres.password())
                    .load()
                    .migrate();
            String queue = ProductJobs.UPDATE_PRODUCT.queue();
            try (Platform platform = new Platform(
                    new RedisOptions().setConnectionString(run.redisUrl()),
                    QueuePolicy.builder(queue).concurrency(5).build())) {
                run.toStop(platform::close);
                Pool pool = postgres.pool(platform.vertx(), CONNECTIONS);
                try {
                    FILL.forEach(statement -> pool.query(statement.formatted(run.jobs()))
                            .execute()
                            .await()
                            .atMost(PATIENCE));
                    return measure(run, platform, pool);
                } finally {
                    pool.closeAndAwait();
                }
            } finally {
                run.redis().remove(queue);
            }
        }
    }

    private static Figures measure(Run run, Platform platform, Pool pool) {
        Sweeps sweeps = new Sweeps(pool);
        UpdatePlan plan = new UpdatePlan(
                sweeps,
                new JobEnqueuer(
                        new RedisJobQueue(platform.routes(), platform.policies(), platform.deadline()),
                        new JobTypes(List.of(new ProductJobs())),
                        platform.codec()));
        AtomicLong first = new AtomicLong();
        AtomicLong most = new AtomicLong();
        long begin = System.nanoTime();
        long products = plan.make("bench-" + begin, Sweeps.of(null), null, soFar -> {
                    if (soFar == run.jobs() / 10) {
                        first.set(used());
                    } else if (soFar % (run.jobs() / 10) == 0) {
                        most.set(Math.max(most.get(), used()));
                    }
                    return true;
                })
                .await()
                .atMost(PATIENCE);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (products != run.jobs()) {
            throw new BenchException("planned " + products + " of " + run.jobs() + " products");
        }
        Latencies latencies = history(pool);
        return run.figures()
                .with(Field.JOBS_PER_SECOND, run.jobs() / seconds)
                .with(Field.SECONDS, seconds)
                .with(Field.HEAP_FIRST, first.get() / MEBIBYTE)
                .with(Field.HEAP_LAST, most.get() / MEBIBYTE)
                .withLatency(latencies);
    }

    private static Latencies history(Pool pool) {
        ProductHistory history = new ProductHistory(pool, config());
        Latencies latencies = new Latencies();
        Instant to = Instant.now();
        Instant from = to.minus(Duration.ofDays(365));
        for (int i = 0; i < READS; i++) {
            long begin = System.nanoTime();
            int points = history.of(1 + i, Metric.PRICE, from, to)
                    .await()
                    .atMost(PATIENCE)
                    .points()
                    .size();
            latencies.add(System.nanoTime() - begin);
            if (points < 364) {
                throw new BenchException("a year has " + points + " points");
            }
        }
        return latencies;
    }

    private static ProductsConfig config() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(ProductsConfig.class)
                .build()
                .getConfigMapping(ProductsConfig.class);
    }

    /** In use after a collection. */
    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
