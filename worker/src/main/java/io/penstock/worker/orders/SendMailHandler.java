package io.penstock.worker.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.mail.MailServer;
import io.penstock.common.mail.RefusedMailException;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.OrdersJobs;
import io.penstock.common.orders.SendMail;
import io.penstock.common.orders.ShopMail;
import io.penstock.common.orders.ShopMails;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.mailer.Mail;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/**
 * Sends one mail. A recipient whom the mail server refuses for good is the mail's fault: it is noted and not tried again, and
 * counts against no other mail. Anything else is the server's, and is tried again.
 */
@ApplicationScoped
class SendMailHandler implements JobHandler<SendMail> {

    /** Beyond a claim's end, so that one more look suffices. */
    private static final Duration MARGIN = Duration.ofMillis(100);

    private final ShopMails mails;
    private final MailServer server;
    private final OrdersConfig config;

    @Inject
    SendMailHandler(ShopMails mails, MailServer server, OrdersConfig config) {
        this.mails = mails;
        this.server = server;
        this.config = config;
    }

    @Override
    public JobType<SendMail> type() {
        return OrdersJobs.SEND_MAIL;
    }

    @Override
    public Uni<Outcome> handle(SendMail payload, JobContext context) {
        return mails.claim(payload.mailId())
                .chain(claimed -> claimed.isPresent() ? send(claimed.get()) : afterOther(payload.mailId()));
    }

    private Uni<Outcome> afterOther(long id) {
        return mails.claimLeft(id).map(left -> left.<Outcome>map(
                        time -> Outcome.snooze(time.plus(MARGIN), "another worker sends the mail"))
                .orElseGet(Outcome::completed));
    }

    private Uni<Outcome> send(ShopMail mail) {
        return server.send(message(mail))
                .onFailure(failure -> !(failure instanceof RefusedMailException))
                .call(failure -> mails.handBack(mail.id(), String.valueOf(failure.getMessage())))
                .call(() -> mails.sent(mail.id()))
                .replaceWith(Outcome.completed())
                .onFailure(RefusedMailException.class)
                .recoverWithUni(failure -> refused(mail, String.valueOf(failure.getMessage())));
    }

    private Uni<Outcome> refused(ShopMail mail, String why) {
        return mails.refused(mail.id(), why)
                .replaceWith(Outcome.fail("the mail server refuses mail " + mail.id() + ": " + why));
    }

    private Mail message(ShopMail mail) {
        return Mail.withText(mail.recipient(), mail.subject(), mail.body())
                .setFrom(config.mailFrom())
                // The same for every attempt, so that a mail sent twice shows as one.
                .addHeader("Message-ID", "<shop-" + mail.id() + "@penstock>");
    }
}
