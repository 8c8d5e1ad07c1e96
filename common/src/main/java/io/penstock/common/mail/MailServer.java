package io.penstock.common.mail;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.Guards;
import io.penstock.common.flow.UpstreamFaultException;
import io.quarkus.mailer.Mail;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.mail.SMTPException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;

/** Sends single mails, behind the guard {@code smtp}. Tells a mail that is refused from a server that is at fault. */
@ApplicationScoped
public class MailServer {

    /** Refusals of whoever sends, not of the mail: log-in wanted or failed, encryption wanted. */
    private static final Set<Integer> OF_THE_SENDER = Set.of(530, 534, 535, 538);

    private final ReactiveMailer mailer;
    private final Guard guard;

    @Inject
    public MailServer(ReactiveMailer mailer, Guards guards) {
        this.mailer = mailer;
        this.guard = guards.named("smtp");
    }

    /**
     * Fails with {@link RefusedMailException} where another try would be in vain, with {@link UpstreamFaultException} where the server is at
     * fault, and as {@link Guard#call} does.
     */
    public Uni<Void> send(Mail mail) {
        return guard.call(() -> mailer.send(mail).onFailure().transform(MailServer::fault));
    }

    private static Throwable fault(Throwable failure) {
        if (failure instanceof SMTPException smtp
                && smtp.isPermanent()
                && !OF_THE_SENDER.contains(smtp.getReplyCode())) {
            return new RefusedMailException(smtp.getReplyCode() + " " + smtp.getReplyMessage());
        }
        return new UpstreamFaultException("the mail server did not take the mail: " + failure.getMessage(), failure);
    }
}
