package io.penstock.worker.products;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.mail.MailServer;
import io.penstock.common.mail.RefusedMailException;
import io.penstock.common.products.NotificationSending;
import io.penstock.common.products.NotificationSending.Claimed;
import io.penstock.common.products.NotificationSending.Hook;
import io.penstock.common.products.NotificationSending.Line;
import io.penstock.common.products.NotificationSending.Mailbox;
import io.penstock.common.products.NotificationSending.Result;
import io.penstock.common.products.NotificationSending.Standing;
import io.penstock.common.products.NotificationSending.Way;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.SendNotification;
import io.penstock.common.webhook.WebhookCall;
import io.penstock.common.webhook.WebhookException;
import io.penstock.common.webhook.Webhooks;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends one notification by mail and to the user's webhook, each once. What a way refuses for good is noted and not tried again; what cannot
 * be sent now is tried again with growing pauses, for a day, without using attempts of the job: an outage of the mail server, or of one
 * user's receiver, is no fault of the notification.
 */
@ApplicationScoped
class SendNotificationHandler implements JobHandler<SendNotification> {

    /** Beyond a claim's end, so that one more look suffices. */
    private static final Duration MARGIN = Duration.ofMillis(100);

    private static final Duration NOTE_AGAIN = Duration.ofMillis(200);
    private static final int NOTE_TRIES = 4;
    private static final int GROWTH = 4;
    private static final int MOST_LINES = 500;
    private static final String DIGEST = "digest";

    /** What each way has come to; the result of the job. */
    @RegisterForReflection
    record Report(String mail, String webhook) {}

    /**
     * What became of a try.
     *
     * @param result empty: it was not tried, because there is no permit
     * @param again when another one is worth it; null: none is
     */
    private record Try(Optional<Result> result, @Nullable String why, @Nullable Duration again) {

        static final Try SENT = new Try(Optional.of(Result.SENT), null, null);
        static final Try NONE = new Try(Optional.empty(), null, null);

        static Try refused(String why) {
            return new Try(Optional.of(Result.REFUSED), why, null);
        }

        static Try later(String why, Duration again) {
            return new Try(Optional.of(Result.LATER), why, again);
        }

        static Try notNow(Duration again) {
            return new Try(Optional.empty(), null, again);
        }
    }

    private final NotificationSending sending;
    private final MailServer mails;
    private final Webhooks webhooks;
    private final Guard guard;
    private final NotificationConfig config;
    private final MeterRegistry meters;
    private final InstantSource clock = InstantSource.system();

    @Inject
    SendNotificationHandler(
            NotificationSending sending,
            MailServer mails,
            Webhooks webhooks,
            Guards guards,
            NotificationConfig config,
            MeterRegistry meters) {
        this.sending = sending;
        this.mails = mails;
        this.webhooks = webhooks;
        this.guard = guards.named("webhook");
        this.config = config;
        this.meters = meters;
    }

    @Override
    public JobType<SendNotification> type() {
        return ProductJobs.SEND_NOTIFICATION;
    }

    @Override
    public Uni<Outcome> handle(SendNotification payload, JobContext context) {
        return sending.claim(payload.notificationId())
                .chain(claimed -> claimed.isPresent() ? send(claimed.get()) : afterOther(payload.notificationId()));
    }

    private Uni<Outcome> afterOther(long id) {
        return sending.claimLeft(id).map(left -> left.<Outcome>map(
                        time -> Outcome.snooze(time.plus(MARGIN), "another worker sends the notification"))
                .orElseGet(Outcome::completed));
    }

    private Uni<Outcome> send(Claimed notification) {
        return mail(notification).chain(mailed -> post(notification).chain(posted -> {
            Duration again = sooner(mailed.again(), posted.again());
            return sending.handBack(notification.id(), again).map(standing -> outcome(standing, again, mailed, posted));
        }));
    }

    private static Duration sooner(@Nullable Duration one, @Nullable Duration other) {
        if (one == null || other == null) {
            return one != null ? one : other != null ? other : Duration.ZERO;
        }
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Outcome outcome(Standing standing, Duration again, Try mailed, Try posted) {
        return standing.state().equals("pending")
                ? Outcome.snooze(
                        again,
                        "not taken yet: mail " + told(standing.mail(), mailed) + ", webhook "
                                + told(standing.webhook(), posted))
                : Outcome.completed(new Report(standing.mail(), standing.webhook()));
    }

    private static String told(String state, Try tried) {
        return tried.why() == null ? state : state + " (" + tried.why() + ")";
    }

    private Uni<Try> mail(Claimed notification) {
        if (notification.mail().isEmpty()) {
            return Uni.createFrom().item(Try.NONE);
        }
        Mailbox box = notification.mail().get();
        return tried(
                mails.send(NotificationMail.of(notification, box, config.from(), config.publicUrl())),
                notification,
                Way.MAIL,
                box.tries());
    }

    private Uni<Try> post(Claimed notification) {
        if (notification.webhook().isEmpty()) {
            return Uni.createFrom().item(Try.NONE);
        }
        Hook hook = notification.webhook().get();
        String secret = hook.secret();
        Optional<URI> address = Webhooks.address(hook.url());
        if (secret == null || address.isEmpty()) {
            return noted(
                    notification,
                    Way.WEBHOOK,
                    Try.refused(secret == null ? "the webhook has no secret" : "the webhook is no address"));
        }
        Uni<List<Line>> lines = notification.kind().equals(DIGEST)
                ? sending.toldBy(notification.id(), MOST_LINES)
                : Uni.createFrom().item(List.of());
        return lines.chain(found -> tried(
                guard.call(() -> webhooks.post(new WebhookCall(
                        address.get(),
                        false,
                        NotificationHook.of(notification, found).encode(),
                        Optional.of(secret),
                        Map.of("X-Penstock-Delivery", Long.toString(notification.id())),
                        config.webhookDeadline()))),
                notification,
                Way.WEBHOOK,
                hook.tries()));
    }

    /** What the sending came to, noted. Failures that nobody expects fail the job, and are tried again when the claim has lapsed. */
    private Uni<Try> tried(Uni<Void> sent, Claimed notification, Way way, int triesBefore) {
        return sent.replaceWith(Try.SENT)
                .onFailure(failure -> isExpected(failure))
                .recoverWithItem(failure -> failed(failure, notification, triesBefore))
                .chain(done -> noted(notification, way, done));
    }

    private Uni<Try> noted(Claimed notification, Way way, Try done) {
        String result =
                done.result().map(each -> each.name().toLowerCase(Locale.ROOT)).orElse("put_off");
        meters.counter("penstock.products.told", "way", way.name().toLowerCase(Locale.ROOT), "result", result)
                .increment();
        return done.result().isEmpty()
                ? Uni.createFrom().item(done)
                : sending.tried(notification.id(), way, done.result().get(), done.why())
                        // What is sent and not noted would be sent again.
                        .onFailure()
                        .retry()
                        .withBackOff(NOTE_AGAIN)
                        .atMost(NOTE_TRIES)
                        .replaceWith(done);
    }

    private static boolean isExpected(Throwable failure) {
        return failure instanceof RefusedMailException
                || failure instanceof WebhookException
                || failure instanceof UpstreamFaultException
                || failure instanceof SnoozeException;
    }

    private Try failed(Throwable failure, Claimed notification, int triesBefore) {
        String why = String.valueOf(failure.getMessage());
        if (failure instanceof SnoozeException snooze) {
            return Try.notNow(snooze.delay());
        }
        if (failure instanceof RefusedMailException
                || (failure instanceof WebhookException refusal && refusal.isLasting())) {
            return Try.refused(why);
        }
        Instant giveUpAt = notification.createdAt().plus(config.giveUpAfter());
        if (!clock.instant().isBefore(giveUpAt)) {
            return Try.refused("given up after " + config.giveUpAfter().toHours() + " h: " + why);
        }
        Duration asked = failure instanceof WebhookException webhook
                ? webhook.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
        Duration pause = pause(triesBefore);
        return Try.later(why, asked.compareTo(pause) > 0 ? asked : pause);
    }

    /** 10 s, 40 s, 160 s, … as configured. */
    private Duration pause(int triesBefore) {
        Duration pause = config.firstPause();
        for (int i = 0; i < triesBefore && pause.compareTo(config.longestPause()) < 0; i++) {
            pause = pause.multipliedBy(GROWTH);
        }
        return pause.compareTo(config.longestPause()) < 0 ? pause : config.longestPause();
    }
}
