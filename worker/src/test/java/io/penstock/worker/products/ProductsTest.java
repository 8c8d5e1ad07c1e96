package io.penstock.worker.products;

import io.penstock.common.job.Outcome;
import io.penstock.common.products.Items;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.products.UpdateProduct;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.offers.OffersTestResource;
import io.penstock.worker.run.JobContext;
import io.quarkus.test.common.WithTestResource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** What tests of product monitoring share: a whole worker on real servers, and the scraper that all tests of workers use. */
@WithTestResource(ServersResource.class)
@WithTestResource(OffersTestResource.class)
abstract class ProductsTest {

    /** A hand-made job, for calls of a handler without a queue. */
    record Context(String jobId) implements JobContext {

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

    TestScraper scraper;

    @Inject
    Pool pool;

    @Inject
    Items items;

    @Inject
    ProductsConfig config;

    @Inject
    UpdateProductHandler updates;

    /** Jobs of an earlier test may still be under way, and stand in the way of one another. */
    @BeforeEach
    void empty() {
        get(pool.query(
                        "TRUNCATE product_user, product_item, product_tracked, product_reading, product_reading_day, product_watch,"
                                + " product_anomaly, product_group, product_group_member, product_report, product_suggestion,"
                                + " product_notification, product_scrape_run")
                .execute()
                .onFailure()
                .retry()
                .atMost(3));
        scraper.reset();
    }

    static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        get(pool.preparedQuery(statement).execute(Tuple.from(Arrays.asList(parameters))))
                .forEach(rows::add);
        return rows;
    }

    long number(String statement, Object... parameters) {
        return sql(statement, parameters).get(0).getLong(0);
    }

    List<String> texts(String statement, Object... parameters) {
        return sql(statement, parameters).stream().map(row -> row.getString(0)).toList();
    }

    long user(String email) {
        return number("INSERT INTO product_user (email) VALUES ($1) RETURNING id", email);
    }

    long item(String asin) {
        return number(
                "INSERT INTO product_item (marketplace, asin) VALUES ('US', $1) ON CONFLICT (marketplace, asin) DO UPDATE"
                        + " SET asin = EXCLUDED.asin RETURNING id",
                asin);
    }

    /** A user tracks an item. */
    long track(long user, long item, String frequency) {
        return number(
                "INSERT INTO product_tracked (user_id, item_id, frequency) VALUES ($1, $2, $3) RETURNING id",
                user,
                item,
                frequency);
    }

    /** An ASIN for each number. */
    static String asin(int number) {
        return "B%09d".formatted(number);
    }

    Outcome update(String jobId, Long... ids) {
        return get(updates.handleAll(Arrays.stream(ids).map(UpdateProduct::new).toList(), new Context(jobId)));
    }

    /** Time passes for what is fresh. */
    void passFreshness() {
        sql(
                "UPDATE product_item SET checked_at = checked_at - interval '5 hours', fetched_at = fetched_at - interval '5 hours'");
    }
}
