package io.penstock.common.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.common.schedule.DeclaredSchedule;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProductsConfigTest {

    @Test
    void hasTheseDefaults() {
        ProductsConfig config = config(Map.of());
        assertThat(config.zone()).isEqualTo(ZoneId.of("Asia/Taipei"));
        assertThat(config.freshness()).isEqualTo(Duration.ofMinutes(50));
        assertThat(config.batchFreshness()).isEqualTo(Duration.ofHours(4));
        assertThat(config.syncFreshness()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.claim()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.blockedTimes()).isEqualTo(5);
        assertThat(config.anomalies().settle()).isEqualTo(Duration.ofDays(1));
        assertThat(config.anomalies().quiet()).isEqualTo(Duration.ofHours(6));
        assertThat(config.anomalies().reviewWindow()).isEqualTo(Duration.ofDays(1));
        assertThat(config.anomalies().reviewsAtLeast()).isEqualTo(10);
        assertThat(config.history().readings()).isEqualTo(Duration.ofDays(90));
        assertThat(config.history().days()).isEqualTo(Duration.ofDays(1095));
    }

    @Test
    void takesEveryProperty() {
        ProductsConfig config = config(Map.ofEntries(
                Map.entry("penstock.products.zone", "Europe/Berlin"),
                Map.entry("penstock.products.freshness", "1s"),
                Map.entry("penstock.products.batch-freshness", "2s"),
                Map.entry("penstock.products.sync-freshness", "3s"),
                Map.entry("penstock.products.claim", "4s"),
                Map.entry("penstock.products.blocked-times", "5"),
                Map.entry("penstock.products.anomalies.settle", "6s"),
                Map.entry("penstock.products.anomalies.quiet", "7s"),
                Map.entry("penstock.products.anomalies.review-window", "8s"),
                Map.entry("penstock.products.anomalies.reviews-at-least", "9"),
                Map.entry("penstock.products.history.readings", "10s"),
                Map.entry("penstock.products.history.days", "11s")));
        assertThat(config.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(config.freshness()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.batchFreshness()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.syncFreshness()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.claim()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.blockedTimes()).isEqualTo(5);
        assertThat(config.anomalies().settle()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.anomalies().quiet()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.anomalies().reviewWindow()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.anomalies().reviewsAtLeast()).isEqualTo(9);
        assertThat(config.history().readings()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.history().days()).isEqualTo(Duration.ofSeconds(11));
        assertThat(new ProductSchedules(config).schedules())
                .allSatisfy(
                        schedule -> assertThat(schedule.definition().timeZone()).isEqualTo("Europe/Berlin"));
    }

    @Test
    void shipsTheSchedulesOfTheSpecification() {
        assertThat(new ProductSchedules(config(Map.of())).schedules())
                .extracting(
                        DeclaredSchedule::id,
                        schedule -> schedule.definition().cronExpression(),
                        schedule -> schedule.definition().jobType() + " "
                                + schedule.definition().payload())
                .contains(
                        tuple("daily-product-update", "0 9 * * *", "products.plan_updates {}"),
                        tuple(
                                "hourly-high-freq-update",
                                "0 * * * *",
                                "products.plan_updates {\"frequency\":\"hourly\",\"priority\":10}"),
                        tuple(
                                "six-hourly-update",
                                "0 */6 * * *",
                                "batch_update_products {\"frequency\":\"six_hourly\"}"),
                        tuple(
                                "weekly-competitor-analysis",
                                "0 2 * * 0",
                                "products.plan_analyses {\"kind\":\"competitor\"}"),
                        tuple(
                                "weekly-optimization-analysis",
                                "0 1 * * 0",
                                "products.plan_analyses {\"kind\":\"optimization\"}"));
    }

    private static ProductsConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(ProductsConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(ProductsConfig.class);
    }
}
