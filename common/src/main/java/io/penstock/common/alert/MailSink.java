package io.penstock.common.alert;

import io.quarkus.mailer.Mail;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Alerts by mail. On where {@code penstock.alert.mail.to} names somebody. */
@ApplicationScoped
class MailSink implements AlertSink {

    private static final int MAX_SUBJECT = 150;

    private final ReactiveMailer mailer;
    private final AlertConfig.Mail config;

    @Inject
    MailSink(ReactiveMailer mailer, AlertConfig config) {
        this.mailer = mailer;
        this.config = config.mail();
    }

    @Override
    public String channel() {
        return "mail";
    }

    @Override
    public boolean isOn() {
        return !recipients().isEmpty();
    }

    @Override
    public Uni<Void> send(AlertDigest digest) {
        return mailer.send(new Mail()
                        .setTo(recipients())
                        .setFrom(config.from())
                        .setSubject(subject(digest))
                        .setText(text(digest))
                        // The same for every attempt, so that a mail sent twice shows as one.
                        .addHeader(
                                "Message-ID",
                                "<alert-" + digest.shown().get(0).id() + "-" + digest.total() + "@penstock>"))
                .onFailure()
                .transform(e -> new IllegalStateException("the mail server did not take the mail: " + e.getMessage()));
    }

    private List<String> recipients() {
        return config.to().orElse(List.of());
    }

    private static String subject(AlertDigest digest) {
        if (digest.total() > 1) {
            return "[Penstock] " + digest.total() + " alerts";
        }
        AlertNotice only = digest.shown().get(0);
        String text = "[Penstock] " + state(only) + " " + only.subject() + ": " + only.summary();
        return text.length() <= MAX_SUBJECT ? text : text.substring(0, MAX_SUBJECT) + "…";
    }

    private static String text(AlertDigest digest) {
        StringBuilder text = new StringBuilder();
        for (AlertNotice notice : digest.shown()) {
            text.append(state(notice))
                    .append(" ")
                    .append(notice.subject())
                    .append("\n    ")
                    .append(notice.summary())
                    .append("\n    ")
                    .append(notice.noticedAt())
                    .append("\n\n");
        }
        if (digest.more() > 0) {
            text.append("and ")
                    .append(digest.more())
                    .append(" more, to be seen with GET /api/alerts")
                    .append("\n");
        }
        return text.toString();
    }

    private static String state(AlertNotice notice) {
        return notice.raised() ? notice.severity().name() : "RECOVERED";
    }
}
