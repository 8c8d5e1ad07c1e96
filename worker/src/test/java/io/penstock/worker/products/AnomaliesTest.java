package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.PlanAnalyses;
import io.penstock.common.products.PriceAlert;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductReading;
import io.penstock.common.products.Readings;
import io.penstock.common.products.SyncProductData;
import io.penstock.common.products.SystemAlert;
import io.penstock.common.products.TrendAnalysis;
import io.penstock.common.products.UserAction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What moves, who is told of it, and what else follows from readings and users. */
@Tag("quarkus")
@QuarkusTest
class AnomaliesTest extends ProductsTest {

    @Inject
    Readings readings;

    @Inject
    PriceAlertHandler alert;

    @Inject
    UserActionHandler userAction;

    @Inject
    SystemAlertHandler systemAlert;

    @Inject
    TrendAnalysisHandler trend;

    @Inject
    PlanAnalysesHandler analyses;

    @Inject
    ProductCleanup cleanup;

    private final Instant start = Instant.now().minus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MILLIS);

    private static ProductReading reading(String price, int reviews, String seller) {
        return new ProductReading(
                asin(1),
                "Lamp\nBcc: x@example.org",
                null,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new BigDecimal(price),
                null,
                "USD",
                new BigDecimal("4.40"),
                reviews,
                seller,
                null,
                null,
                null,
                null,
                List.of());
    }

    private Readings.Stored read(long item, String price, int hour) {
        return get(readings.store(item, reading(price, 100, "Acme"), start.plus(Duration.ofHours(hour))));
    }

    private List<String> anomalies() {
        return texts("SELECT u.email || ' ' || a.kind || ' ' || a.before_value || ' ' || a.after_value"
                + " FROM product_anomaly AS a JOIN product_user AS u ON u.id = a.user_id ORDER BY a.id");
    }

    @Test
    void tellsEachUserByTheThresholdsOfTheUserAndTheProduct() {
        long item = item(asin(1));
        track(user("usual@example.org"), item, "daily");
        long patient = user("patient@example.org");
        sql("UPDATE product_user SET price_change_percent = 50 WHERE id = $1", patient);
        track(patient, item, "daily");
        long keen = track(user("keen@example.org"), item, "daily");
        sql("UPDATE product_tracked SET price_change_percent = 1 WHERE id = $1", keen);
        sql("UPDATE product_tracked SET active = false WHERE id = $1", track(user("gone@example.org"), item, "daily"));

        read(item, "100", 0);
        assertThat(read(item, "105", 1).anomalies()).isEqualTo(1);
        assertThat(read(item, "115", 2).anomalies()).isEqualTo(2);
        assertThat(read(item, "115", 3).anomalies()).isZero();

        assertThat(anomalies())
                .containsExactlyInAnyOrder(
                        "keen@example.org price 100 105",
                        "usual@example.org price 100 115",
                        "keen@example.org price 105 115");
    }

    @Test
    void enqueuesItsAlertInTheSameTransactionAndWritesOneNotification() {
        long item = item(asin(1));
        track(user("a@example.org"), item, "daily");
        read(item, "100", 0);
        read(item, "120", 1);
        long anomaly = number("SELECT id FROM product_anomaly");

        get(alert.handle(new PriceAlert(anomaly), new Context("a")));
        get(alert.handle(new PriceAlert(anomaly), new Context("b")));

        assertThat(texts("SELECT subject FROM product_notification"))
                .containsExactly("Price up by 20.0 %: " + asin(1) + " Lamp Bcc: x@example.org");
        assertThat(texts("SELECT about FROM product_notification")).containsExactly("anomaly:" + anomaly);
        assertThat(get(alert.handle(new PriceAlert(anomaly + 1_000_000), new Context("c"))))
                .isEqualTo(Outcome.completed());
    }

    @Test
    void keepsNotificationsAsTheUserWantsThem() {
        long item = item(asin(1));
        sql("UPDATE product_user SET digest = 'daily' WHERE id = $1", tracker("digest@example.org", item));
        sql("UPDATE product_user SET email_on = false WHERE id = $1", tracker("off@example.org", item));
        sql("UPDATE product_user SET unsubscribed_at = now() WHERE id = $1", tracker("unsubscribed@example.org", item));
        read(item, "100", 0);
        read(item, "150", 1);
        sql("SELECT id FROM product_anomaly")
                .forEach(row -> get(alert.handle(new PriceAlert(row.getLong(0)), new Context("x"))));
        assertThat(
                        texts(
                                "SELECT u.email || ' ' || n.state FROM product_notification AS n JOIN product_user AS u ON u.id = n.user_id"))
                .containsExactlyInAnyOrder(
                        "digest@example.org digest", "off@example.org off", "unsubscribed@example.org off");
    }

    private long tracker(String email, long item) {
        long user = user(email);
        track(user, item, "daily");
        return user;
    }

    @Test
    void takesNoReadingTwiceNorAnOlderOne() {
        long item = item(asin(1));
        tracker("a@example.org", item);
        read(item, "100", 5);
        assertThat(read(item, "200", 5).stored()).isFalse();
        assertThat(read(item, "200", 4).stored()).isFalse();
        assertThat(number("SELECT count(*) FROM product_reading")).isEqualTo(1);
        assertThat(anomalies()).isEmpty();
    }

    @Test
    void tellsOfSellersAndReviews() {
        long item = item(asin(1));
        tracker("a@example.org", item);
        get(readings.store(item, reading("10", 100, "Acme"), start));
        get(readings.store(item, reading("10", 130, "Shady"), start.plus(Duration.ofHours(1))));
        assertThat(anomalies())
                .containsExactlyInAnyOrder("a@example.org buy_box Acme Shady", "a@example.org reviews 100 130");
    }

    @Test
    void notesThatAUserIsActiveAndRefreshesTheUsersOwnProducts() {
        long user = user("a@example.org");
        long tracked = track(user, item(asin(1)), "daily");
        long other = track(user("b@example.org"), item(asin(2)), "daily");

        assertThat(get(userAction.handle(new UserAction(user, "seen", null), new Context("u"))))
                .isEqualTo(Outcome.completed());
        assertThat(number("SELECT count(*) FROM product_user WHERE last_active_at > now() - interval '1 minute'"))
                .isEqualTo(1);
        assertThat(get(userAction.handle(new UserAction(user, "refresh", tracked), new Context("u"))))
                .isEqualTo(Outcome.completedThen(
                        null,
                        new FollowUp<>(
                                ProductJobs.SYNC_PRODUCT_DATA,
                                new SyncProductData(asin(1), "US"),
                                JobOptions.DEFAULT.withPriority(10))));
        assertThat(get(userAction.handle(new UserAction(user, "refresh", other), new Context("u"))))
                .isInstanceOf(Outcome.Fail.class);
        assertThat(get(userAction.handle(new UserAction(user + 1_000, "seen", null), new Context("u"))))
                .isInstanceOf(Outcome.Fail.class);
    }

    @Test
    void raisesAndEndsAlertsOfTheDeployment() {
        String subject = "test-" + UUID.randomUUID();
        get(systemAlert.handle(new SystemAlert(subject, "It burns", "critical", null), new Context("s")));
        assertThat(texts("SELECT severity FROM alert WHERE subject = $1", "products/" + subject))
                .containsExactly("critical");
        get(systemAlert.handle(new SystemAlert(subject, "It is out", null, true), new Context("s")));
    }

    @Test
    void reportsWhatRoseAndFellMost() {
        long up = item(asin(1));
        long down = item(asin(2));
        tracker("a@example.org", up);
        track(number("SELECT id FROM product_user"), down, "daily");
        for (int hour : List.of(0, 30, 60)) {
            read(up, Integer.toString(100 + hour), hour);
            read(down, Integer.toString(100 - hour), hour);
        }
        String job = "trend-" + UUID.randomUUID();
        get(trend.handle(new TrendAnalysis("7d"), new Context(job)));
        get(trend.handle(new TrendAnalysis("7d"), new Context(job)));

        assertThat(texts("SELECT kind || ' ' || written_by || ': ' || summary FROM product_report"))
                .containsExactly(
                        "trend rules: 2 products over 7d: price up of 1, down of 1; rank better of 0, worse of 0");
        assertThat(texts("SELECT body->'prices'->0->>'asin' FROM product_report"))
                .hasSize(1);
    }

    @Test
    void reportsATrendOfNothing() {
        get(trend.handle(new TrendAnalysis("30d"), new Context("t-" + UUID.randomUUID())));
        assertThat(texts("SELECT summary FROM product_report").get(0)).startsWith("0 products over 30d");
    }

    @Test
    void plansAnalysesOfActiveGroupsAndProducts() {
        tracker("a@example.org", item(asin(1)));
        sql("INSERT INTO product_group (user_id, name, tracked_id, active)"
                + " SELECT user_id, 'g' || n, id, n < 3 FROM product_tracked, generate_series(1, 3) AS n");
        assertThat(get(analyses.handle(new PlanAnalyses("competitor"), new Context("p"))))
                .isEqualTo(Outcome.completed(new PlanAnalysesHandler.Report(2)));
        assertThat(get(analyses.handle(new PlanAnalyses("optimization"), new Context("p"))))
                .isEqualTo(Outcome.completed(new PlanAnalysesHandler.Report(1)));
    }

    @Test
    void dropsMonthsOfReadingsAndKeepsTheirDays() {
        long item = item(asin(1));
        tracker("a@example.org", item);
        Instant old = Instant.now().minus(Duration.ofDays(200));
        get(readings.store(item, reading("10", 1, "A"), old));
        get(readings.store(item, reading("11", 1, "A"), Instant.now()));
        sql(
                "INSERT INTO product_notification (user_id, about, kind, subject, body, state, created_at)"
                        + " SELECT id, 'x', 'system', 's', 'b', 'sent', $1::text::timestamptz FROM product_user",
                old.toString());

        get(cleanup.forget(Instant.now().minus(Duration.ofDays(90)), 1_000));

        assertThat(number("SELECT count(*) FROM product_reading")).isEqualTo(1);
        assertThat(number("SELECT count(*) FROM product_reading_day")).isEqualTo(2);
        assertThat(number("SELECT count(*) FROM product_notification")).isZero();
    }
}
