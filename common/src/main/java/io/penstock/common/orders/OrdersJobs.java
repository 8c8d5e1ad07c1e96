package io.penstock.common.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The job types of the ticket shop. */
@ApplicationScoped
public class OrdersJobs implements JobTypeSource {

    /** Ends one hold whose time has passed. Every hold enqueues its own, to start at that time. */
    public static final JobType<ExpireHold> EXPIRE_HOLD =
            JobType.of("orders.expire_hold", ExpireHold.class).queue("orders").timeout(Duration.ofSeconds(30));

    /** Ends all holds whose time has passed and that their own jobs have not ended. */
    public static final JobType<OrderExpiration> ORDER_EXPIRATION = JobType.of(
                    "order_expiration", OrderExpiration.class)
            .queue("orders")
            .timeout(Duration.ofSeconds(30));

    /** Writes the mails to those who have tickets for tomorrow. */
    public static final JobType<ConcertReminders> CONCERT_REMINDERS = JobType.of(
                    "concert_reminders", ConcertReminders.class)
            .queue("orders")
            .timeout(Duration.ofMinutes(10));

    /** Sends one mail. */
    public static final JobType<SendMail> SEND_MAIL =
            JobType.of("orders.send_mail", SendMail.class).queue("notification").timeout(Duration.ofSeconds(30));

    /** Removes what nobody needs any more, and has PostgreSQL tidy up after it. */
    public static final JobType<DataCleanup> DATA_CLEANUP =
            JobType.of("data_cleanup", DataCleanup.class).queue("cleanup").timeout(Duration.ofHours(1));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(EXPIRE_HOLD, ORDER_EXPIRATION, CONCERT_REMINDERS, SEND_MAIL, DATA_CLEANUP);
    }
}
