package io.penstock.common.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** When the ticket shop looks after its orders and its house. */
@ApplicationScoped
public class OrdersSchedules implements ScheduleSource {

    private static final String ZONE = "Asia/Taipei";
    private static final int EXPIRATION_RETRIES = 3;
    private static final Duration EXPIRATION_TIMEOUT = Duration.ofSeconds(30);

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(
                schedule(
                                "order-expiration",
                                "Expired orders",
                                "Ends holds whose time has passed and that their own jobs have not ended.",
                                "0 * * * * *",
                                OrdersJobs.ORDER_EXPIRATION)
                        .maxRetries(EXPIRATION_RETRIES)
                        .timeout(EXPIRATION_TIMEOUT)
                        .misfire(MisfirePolicy.SKIP),
                schedule(
                        "concert-reminders",
                        "Concert reminders",
                        "Mails everybody who has tickets for tomorrow, once.",
                        "0 0 9 * * *",
                        OrdersJobs.CONCERT_REMINDERS),
                schedule(
                        "data-cleanup",
                        "Data cleanup",
                        "Removes old support sessions, execution logs and files that nothing refers to.",
                        "0 0 2 * * 0",
                        OrdersJobs.DATA_CLEANUP));
    }

    private static DeclaredSchedule schedule(
            String id, String name, String description, String expression, JobType<?> type) {
        return DeclaredSchedule.of(id, name, description, expression, ZONE, type.name(), "{}")
                .overlap(OverlapPolicy.SKIP);
    }
}
