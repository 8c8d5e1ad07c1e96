package io.penstock.worker.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.orders.ConcertReminders;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.OrdersJobs;
import io.penstock.common.orders.Reminders;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.concurrent.CancellationException;

/**
 * Writes a mail to everybody who has tickets for tomorrow, some users at a time, each page with its mails in one
 * transaction. A run that is repeated, or that goes on after its worker died, writes those that are missing.
 */
@ApplicationScoped
class ConcertRemindersHandler implements JobHandler<ConcertReminders> {

    private static final int PAGE = 500;

    /** What a run did. */
    record Report(String day, int users, int mails) {}

    private final Reminders reminders;
    private final OrdersConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ConcertRemindersHandler(Reminders reminders, OrdersConfig config) {
        this.reminders = reminders;
        this.config = config;
    }

    @Override
    public JobType<ConcertReminders> type() {
        return OrdersJobs.CONCERT_REMINDERS;
    }

    @Override
    public Uni<Outcome> handle(ConcertReminders payload, JobContext context) {
        LocalDate day = payload.day() == null
                ? LocalDate.ofInstant(clock.instant(), config.zone()).plusDays(1)
                : payload.day();
        return goOn(new Report(day.toString(), 0, 0), day, 0, context).map(Outcome::completed);
    }

    private Uni<Report> goOn(Report sum, LocalDate day, long afterUser, JobContext context) {
        if (context.isCancelled()) {
            return Uni.createFrom().failure(new CancellationException("the run is in vain"));
        }
        return reminders.write(day, config.zone(), afterUser, PAGE).chain(page -> {
            Report now = new Report(sum.day(), sum.users() + page.users(), sum.mails() + page.mails());
            return page.users() < PAGE ? Uni.createFrom().item(now) : goOn(now, day, page.lastUser(), context);
        });
    }
}
