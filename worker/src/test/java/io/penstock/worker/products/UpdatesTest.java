package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.flow.FaultTolerantGuards;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.flow.UpstreamConfig;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.products.BatchUpdateProducts;
import io.penstock.common.products.PlanUpdates;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ReadRun;
import io.penstock.common.products.Readings;
import io.penstock.common.products.ScrapeRuns;
import io.penstock.common.products.SyncProductData;
import io.penstock.common.products.UpdateProduct;
import io.penstock.common.products.UpdateRange;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.products.ProductReader.Report;
import io.penstock.worker.products.TestScraper.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How products are read: once, within the limits, whatever the scraper does. */
@Tag("quarkus")
@QuarkusTest
class UpdatesTest extends ProductsTest {

    private record Few(int permits, Duration per, int burst) implements UpstreamConfig.Upstream {

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(5);
        }

        @Override
        public int concurrency() {
            return 100;
        }

        @Override
        public UpstreamConfig.Breaker breaker() {
            return new UpstreamConfig.Breaker() {
                @Override
                public double ratio() {
                    return 1;
                }

                @Override
                public int minimumCalls() {
                    return 500;
                }

                @Override
                public Duration openTime() {
                    return Duration.ofSeconds(1);
                }

                @Override
                public boolean shared() {
                    return false;
                }
            };
        }
    }

    @Inject
    ReadRunHandler readRun;

    @Inject
    SyncProductDataHandler sync;

    @Inject
    BatchUpdateProductsHandler batch;

    @Inject
    UpdateRangeHandler range;

    @Inject
    PlanUpdatesHandler plan;

    @Inject
    JobEnqueuer enqueuer;

    @Inject
    JobQueue queue;

    @Inject
    RateLimiter limiter;

    @Inject
    ScraperConnection connection;

    @Inject
    ScraperConfig scraperConfig;

    @Inject
    ItemParser parser;

    @Inject
    ObjectMapper mapper;

    @Inject
    Readings readings;

    @Inject
    ScrapeRuns runs;

    @Inject
    Vertx vertx;

    private static Report report(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        Object result = ((Outcome.Completed) outcome).result();
        assertThat(result).isInstanceOf(Report.class);
        return (Report) result;
    }

    @Test
    void storesValuesHistoryAndDay() {
        long item = item(asin(1));
        scraper.product(asin(1), "\"title\":\"Lamp\",\"price\":\"$1,299.00\",\"countReview\":7,\"soldBy\":\"Acme\"");

        assertThat(report(update("j", item))).isEqualTo(new Report(1, 0, 1, 0, 0, 0, 0));

        assertThat(texts("SELECT title || ' ' || price || ' ' || status FROM product_item"))
                .containsExactly("Lamp 1299.00 ok");
        assertThat(
                        number(
                                "SELECT count(*) FROM product_reading WHERE price = 1299 AND review_count = 7 AND buy_box = 'Acme'"))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM product_reading_day WHERE readings = 1 AND price_min = 1299"))
                .isEqualTo(1);
    }

    @Test
    void addsReadingsOfOneDayUp() {
        long item = item(asin(1));
        for (String price : List.of("10", "30", "20")) {
            scraper.product(asin(1), "\"price\":\"$" + price + "\"");
            update("j" + price, item);
            // Later the same day, or at least not before the day began.
            sql("UPDATE product_item SET checked_at = NULL");
        }
        assertThat(number("SELECT count(*) FROM product_reading")).isEqualTo(3);
        assertThat(number("SELECT count(*) FROM product_reading_day"
                        + " WHERE readings = 3 AND price = 20 AND price_min = 10 AND price_max = 30"))
                .isLessThanOrEqualTo(1);
        assertThat(number("SELECT sum(readings) FROM product_reading_day")).isEqualTo(3);
    }

    @Test
    void readsAProductOnceHoweverManyAskForIt() {
        long item = item(asin(1));
        for (int i = 0; i < 20; i++) {
            track(user("u" + i + "@example.org"), item, "hourly");
        }
        get(Uni.join()
                .all(IntStream.range(0, 20)
                        .mapToObj(i -> updates.handleAll(List.of(new UpdateProduct(item)), new Context("job-" + i)))
                        .toList())
                .andFailFast());
        assertThat(report(update("later", item)).fresh()).isEqualTo(1);
        assertThat(scraper.asked()).containsExactly(asin(1));

        passFreshness();
        update("much-later", item);
        assertThat(scraper.asked()).hasSize(2);
    }

    @Test
    void putsJobsOffAllDayWhileTheScraperFails() {
        long item = item(asin(1));
        List<Answer> faults = List.of(
                Answer.status(500),
                Answer.status(503),
                Answer.status(408),
                Answer.ok("<html>Robot Check</html>"),
                Answer.ok("[{\"statusCode\":200,\"as"),
                Answer.ok("{}"));
        for (int i = 0; i < 100; i++) {
            Answer fault = faults.get(i % faults.size());
            scraper.onCall(path -> fault);
            assertThat(update("same", item)).isInstanceOf(Outcome.Snooze.class);
        }
        scraper.onCall(path -> null);
        assertThat(report(update("same", item)).read()).isEqualTo(1);
    }

    @Test
    void manyFaultsInARowCostAJobNoAttempt() {
        List<Answer> faults = List.of(
                Answer.status(500),
                Answer.status(503),
                new Answer(429, Map.of("Retry-After", "0"), "{}"),
                Answer.ok("<html>Robot Check</html>"),
                Answer.ok("[{\"statusCode\":200,\"as"),
                Answer.ok("{}"));
        AtomicInteger call = new AtomicInteger();
        scraper.onCall(path -> {
            int number = call.getAndIncrement();
            return number < 18 ? faults.get(number % faults.size()) : null;
        });
        String id = "faults-" + UUID.randomUUID();
        get(enqueuer.enqueue(
                ProductJobs.SYNC_PRODUCT_DATA, new SyncProductData(asin(1), "US"), JobOptions.DEFAULT.withId(id)));

        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> number("SELECT count(*) FROM product_item WHERE status = 'ok'") == 1);
        assertThat(call.get()).isGreaterThan(18);
        // It may use three in all, so that it would be dead by now.
        get(queue.find(id)).ifPresent(job -> assertThat(job.attempts()).isEqualTo(1));
    }

    @Test
    void failsForGoodWhereTheTokenIsRefusedAndLeavesTheItemToOthers() {
        long item = item(asin(1));
        scraper.onCall(path -> Answer.status(401));
        assertThatThrownBy(() -> update("first", item)).isInstanceOf(UnrecoverableJobException.class);
        scraper.onCall(path -> null);
        assertThat(report(update("second", item)).read()).isEqualTo(1);
    }

    @Test
    void triesPagesForRobotsAgainButNotForEver() {
        long item = item(asin(1));
        scraper.entry(asin(1), "{\"statusCode\":200,\"asin\":\"B000000001\",\"title\":\"Robot Check\"}");
        for (int i = 1; i < config.blockedTimes(); i++) {
            assertThat(update("same", item)).isInstanceOf(Outcome.Snooze.class);
        }
        assertThat(report(update("same", item)).blocked()).isEqualTo(1);
        assertThat(texts("SELECT status FROM product_item")).containsExactly("blocked");
        assertThat(number("SELECT count(*) FROM product_reading")).isZero();
    }

    @Test
    void marksWhatTheMarketplaceDoesNotHave() {
        long gone = item(asin(1));
        long unanswered = item(asin(2));
        long there = item(asin(3));
        scraper.entry(asin(1), "{\"statusCode\":404,\"asin\":\"B000000001\"}");
        scraper.entry(asin(2), "{\"statusCode\":200,\"asin\":\"B000000077\",\"title\":\"another\"}");

        assertThat(report(update("j", gone, unanswered, there))).isEqualTo(new Report(3, 0, 1, 2, 0, 0, 0));
        assertThat(texts("SELECT status FROM product_item ORDER BY asin")).containsExactly("missing", "missing", "ok");
    }

    @Test
    void readsManyByARunThatHoldsNoSlot() {
        Long[] ids = IntStream.range(0, 5).mapToObj(i -> item(asin(i))).toArray(Long[]::new);

        assertThat(report(update("j", ids)).inRuns()).isEqualTo(5);
        String run = texts("SELECT run_id FROM product_scrape_run").get(0);
        assertThat(number(
                        "SELECT count(*) FROM job_outbox WHERE type = 'products.read_run' AND payload->>'runId' = $1",
                        run))
                .isLessThanOrEqualTo(1);

        // The worker asks after it until it has ended.
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> number("SELECT count(*) FROM product_item WHERE status = 'ok'") == 5
                        && texts("SELECT state FROM product_scrape_run").contains("done"));
        assertThat(scraper.asked()).hasSize(5);
        assertThat(scraper.calls().stream().filter(call -> call.startsWith("GET /v2/actor-runs/")))
                .hasSize(2);
        assertThat(get(readRun.handle(new ReadRun(run), new Context("again")))).isEqualTo(Outcome.completed());
        assertThat(number("SELECT count(*) FROM product_item WHERE claimed_by IS NOT NULL"))
                .isZero();
    }

    @Test
    void leavesTheItemsOfARunThatFailedToOthers() {
        Long[] ids = IntStream.range(0, 4).mapToObj(i -> item(asin(i))).toArray(Long[]::new);
        scraper.onLook(look -> "FAILED");
        update("j", ids);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> texts("SELECT state FROM product_scrape_run").contains("failed"));
        assertThat(number("SELECT count(*) FROM product_item WHERE claimed_by = 'j'"))
                .isZero();
    }

    @Test
    void givesARunUpThatDoesNotEndButReadsOneThatEndedLate() {
        String sql = "INSERT INTO product_scrape_run (run_id, dataset_id, item_ids, started_at)"
                + " SELECT $1, $1, array_agg(id), now() - interval '1 day' FROM product_item WHERE asin = $2";
        item(asin(1));
        item(asin(2));
        sql(sql, "stuck", asin(1));
        sql(sql, "late", asin(2));
        scraper.onLook(look -> "RUNNING");
        assertThat(get(readRun.handle(new ReadRun("stuck"), new Context("r")))).isInstanceOf(Outcome.Completed.class);
        assertThat(texts("SELECT said FROM product_scrape_run WHERE run_id = 'stuck'")
                        .get(0))
                .startsWith("it did not end within");
        scraper.onLook(look -> "SUCCEEDED");
        scraper.onCall(path -> path.startsWith("/v2/datasets/")
                ? Answer.ok("[{\"statusCode\":200,\"asin\":\"" + asin(2) + "\"}]")
                : null);
        assertThat(report(get(readRun.handle(new ReadRun("late"), new Context("r"))))
                        .read())
                .isEqualTo(1);
        assertThat(get(readRun.handle(new ReadRun("unknown"), new Context("r"))))
                .isInstanceOf(Outcome.Fail.class);
    }

    @Test
    void readsOneProductAtOnce() {
        Outcome outcome = get(sync.handle(new SyncProductData(asin(9), "DE"), new Context("s")));
        assertThat(report(outcome).read()).isEqualTo(1);
        assertThat(texts("SELECT marketplace || ' ' || asin || ' ' || status FROM product_item"))
                .containsExactly("DE " + asin(9) + " ok");
        assertThat(get(sync.handle(new SyncProductData(asin(9), "XX"), new Context("s"))))
                .isInstanceOf(Outcome.Fail.class);
    }

    @Test
    void makesABatchOfWhatIsDue() {
        long user = user("a@example.org");
        for (int i = 0; i < 60; i++) {
            track(user, item(asin(i)), i < 55 ? "six_hourly" : "daily");
        }
        sql("UPDATE product_item SET checked_at = now() - interval '3 hours' WHERE asin = $1", asin(0));
        // So that the worker's runners find nothing to do yet.
        scraper.onCall(path -> Answer.status(500));

        Outcome outcome =
                get(batch.handle(new BatchUpdateProducts("six_hourly"), new Context("b-" + UUID.randomUUID())));
        BatchUpdateProductsHandler.Report made =
                (BatchUpdateProductsHandler.Report) ((Outcome.Completed) outcome).result();
        assertThat(made.calls()).isEqualTo(1);
        assertThat(number("SELECT total FROM batch_operations WHERE id = $1::text::uuid", made.batchId()))
                .isEqualTo(1);

        scraper.onCall(path -> null);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> number("SELECT count(*) FROM product_item WHERE status = 'ok'") == 54);
        assertThat(new HashSet<>(scraper.asked())).doesNotContain(asin(0), asin(55));
    }

    @Test
    void putsABatchOffWhileTheScraperFails() {
        track(user("a@example.org"), item(asin(1)), "daily");
        scraper.onCall(path -> Answer.status(500));
        ItemContext context = new ItemContext(UUID.randomUUID(), null, ConflictStrategy.SKIP, new JsonObject(), "test");
        UpdateRange all = new UpdateRange(1, Long.MAX_VALUE, null);
        assertThatThrownBy(() -> get(range.handle(all, context))).isInstanceOf(SnoozeException.class);
        scraper.onCall(path -> null);
        assertThat(get(range.handle(all, context)).tallies()).containsEntry("read", 1L);
        assertThat(get(range.handle(all, context)).error()).contains("read meanwhile");
    }

    @Test
    void plansAnUpdateOfEachTrackedProductOnce() {
        long user = user("a@example.org");
        for (int i = 0; i < 50; i++) {
            track(user, item(asin(i)), "hourly");
        }
        item(asin(60));
        sql("UPDATE product_tracked SET active = false WHERE id = $1", track(user, item(asin(61)), "hourly"));
        PlanUpdates hourly = new PlanUpdates("hourly", 10);
        Context job = new Context("plan-" + UUID.randomUUID());

        Outcome outcome = get(plan.handle(hourly, job));
        get(plan.handle(hourly, job));

        assertThat(outcome).isEqualTo(Outcome.completed(new PlanUpdatesHandler.Report(50)));
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> number("SELECT count(*) FROM product_item WHERE status = 'ok'") == 50);
        assertThat(scraper.asked()).hasSize(50).doesNotHaveDuplicates();
        assertThat(scraper.calls().stream().filter(call -> call.endsWith("/runs")))
                .hasSize(1);
    }

    @Test
    void eightWorkersTogetherKeepToOneLimit() {
        int products = 40;
        Few few = new Few(20, Duration.ofSeconds(1), 2);
        String limit = "upstream:scraper-" + UUID.randomUUID();
        // Breakers of one process need names of their own; the workers have one limit all the same.
        RateLimiter shared = (name, rate) -> limiter.tryAcquire(limit, rate);
        List<ProductReader> workers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String upstream = "scraper-" + UUID.randomUUID();
            Guard guard = new FaultTolerantGuards(() -> Map.of(upstream, few), shared).named(upstream);
            ScraperClient client = new ScraperClient(connection, parser, mapper, scraperConfig, name -> guard, vertx);
            workers.add(new ProductReader(items, readings, runs, client, scraperConfig, new SimpleMeterRegistry()));
        }
        List<Long> ids =
                IntStream.range(0, products).mapToObj(i -> item(asin(i))).toList();

        long start = System.nanoTime();
        List<Uni<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < products; i++) {
            all.add(untilRead(workers.get(i % 8), ids.get(i)));
        }
        get(Uni.join().all(all).andFailFast());
        Duration taken = Duration.ofNanos(System.nanoTime() - start);

        assertThat(scraper.asked()).hasSize(products).doesNotHaveDuplicates();
        assertThat(taken).isGreaterThan(Duration.ofMillis((products - 2) * 1_000L / 20 - 50));
    }

    /** Does what a queue does with a job. */
    private static Uni<Boolean> untilRead(ProductReader reader, long id) {
        return reader.outcome(reader.read(Set.of(id), "job-" + id, Instant.now().minusSeconds(600)))
                .onFailure(SnoozeException.class)
                .recoverWithItem(failure -> Outcome.snooze(failure.delay(), "limited"))
                .chain(outcome -> outcome instanceof Outcome.Snooze snooze
                        ? Uni.createFrom()
                                .voidItem()
                                .onItem()
                                .delayIt()
                                .by(snooze.delay().plusMillis(1))
                                .chain(() -> untilRead(reader, id))
                        : Uni.createFrom().item(true));
    }
}
