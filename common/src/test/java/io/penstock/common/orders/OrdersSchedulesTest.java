package io.penstock.common.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.OverlapPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OrdersSchedulesTest {

    @Test
    void everyShippedScheduleHasItsTypeRetriesAndTimeout() {
        assertThat(new OrdersSchedules().schedules())
                .extracting(
                        DeclaredSchedule::id,
                        schedule -> schedule.definition().cronExpression(),
                        schedule -> schedule.definition().timeZone(),
                        schedule -> schedule.definition().jobType(),
                        schedule -> schedule.definition().maxRetries(),
                        schedule -> schedule.definition().timeout())
                .containsExactly(
                        tuple(
                                "order-expiration",
                                "0 * * * * *",
                                "Asia/Taipei",
                                "order_expiration",
                                3,
                                Duration.ofSeconds(30)),
                        tuple("concert-reminders", "0 0 9 * * *", "Asia/Taipei", "concert_reminders", null, null),
                        tuple("data-cleanup", "0 0 2 * * 0", "Asia/Taipei", "data_cleanup", null, null));
        assertThat(new OrdersSchedules().schedules())
                .allMatch(schedule -> schedule.definition().overlap() == OverlapPolicy.SKIP);
    }
}
