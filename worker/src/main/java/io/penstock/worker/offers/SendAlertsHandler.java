package io.penstock.worker.offers;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.offers.OfferAlert;
import io.penstock.common.offers.OfferAlertStore;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SendAlerts;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Mails pending alerts, one mail each. An alert is marked as sent once the mail server has taken it; a worker that dies
 * between the two sends it again, which is better than never.
 */
@ApplicationScoped
class SendAlertsHandler implements JobHandler<SendAlerts> {

    private static final int BATCH = 20;
    private static final int MAX_BATCHES = 50;
    private static final int AT_ONCE = 4;

    /** What became of one alert; a failure is a value here, so that the others are sent. */
    private record Sending(OfferAlert alert, Optional<Throwable> failure) {}

    private final OfferAlertStore alerts;
    private final ReactiveMailer mailer;
    private final Guard guard;
    private final OffersConfig config;

    @Inject
    SendAlertsHandler(OfferAlertStore alerts, ReactiveMailer mailer, Guards guards, OffersConfig config) {
        this.alerts = alerts;
        this.mailer = mailer;
        this.guard = guards.named("smtp");
        this.config = config;
    }

    @Override
    public JobType<SendAlerts> type() {
        return OffersJobs.SEND_ALERTS;
    }

    @Override
    public Uni<Outcome> handle(SendAlerts payload, JobContext context) {
        List<String> to = config.alertTo().orElse(List.of());
        if (to.isEmpty()) {
            return alerts.closeUnaddressed().replaceWith(Outcome.completed());
        }
        return Multi.createBy()
                .repeating()
                .uni(() -> sendBatch(to))
                .whilst(sent -> sent == BATCH && !context.isCancelled())
                .select()
                .first(MAX_BATCHES)
                .collect()
                .last()
                .replaceWith(Outcome.completed());
    }

    /** How many were sent; fails, after handing the rest back, when one could not be. */
    private Uni<Integer> sendBatch(List<String> to) {
        return alerts.claim(BATCH).chain(claimed -> Multi.createFrom()
                .iterable(claimed)
                .onItem()
                .transformToUni(alert -> send(alert, to))
                .merge(AT_ONCE)
                .collect()
                .asList()
                .chain(this::settle));
    }

    private Uni<Sending> send(OfferAlert alert, List<String> to) {
        return guard.call(() -> mail(alert, to))
                .chain(() -> alerts.sent(alert.id()))
                .replaceWith(new Sending(alert, Optional.empty()))
                .onFailure()
                .recoverWithItem(e -> new Sending(alert, Optional.of(e)));
    }

    private Uni<Void> mail(OfferAlert alert, List<String> to) {
        return mailer.send(AlertMail.of(alert, to, config.alertFrom()))
                .onFailure()
                .transform(
                        e -> new UpstreamFaultException("the mail server did not take the mail: " + e.getMessage(), e));
    }

    private Uni<Integer> settle(List<Sending> sendings) {
        List<Sending> failed = sendings.stream()
                .filter(sending -> sending.failure().isPresent())
                .toList();
        if (failed.isEmpty()) {
            return Uni.createFrom().item(sendings.size());
        }
        return alerts.handBack(
                        failed.stream().map(sending -> sending.alert().id()).toList())
                .chain(() -> Uni.createFrom().failure(reason(failed)));
    }

    /** A real failure says more than that calls are put off, which it may have caused. */
    private static Throwable reason(List<Sending> failed) {
        Predicate<Throwable> snooze = SnoozeException.class::isInstance;
        return failed.stream()
                .flatMap(sending -> sending.failure().stream())
                .filter(snooze.negate())
                .findFirst()
                .orElseGet(() -> failed.get(0).failure().orElseThrow());
    }
}
