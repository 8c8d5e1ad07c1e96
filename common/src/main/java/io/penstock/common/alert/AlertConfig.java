package io.penstock.common.alert;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who is told what is wrong, under {@code penstock.alert}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.alert")
public interface AlertConfig {

    /** Off: this process raises alerts, but leaves it to others to send them. */
    @WithDefault("true")
    boolean deliver();

    /** Time between two looks for notices to be sent. */
    @WithDefault("5s")
    Duration interval();

    /** How long one message may take. Below half a minute, since then another process tries. */
    @WithDefault("10s")
    Duration deadline();

    /** A notice that could not be sent for so long is given up: it is no news any more. */
    @WithDefault("1d")
    Duration giveUpAfter();

    /** How long notices, and alerts that have recovered, are kept. */
    @WithDefault("90d")
    Duration keep();

    Mail mail();

    Webhook webhook();

    /** Alerts by mail, through {@code quarkus.mailer}. */
    interface Mail {

        /** Who is told; absent: nobody is, by mail. */
        Optional<List<String>> to();

        /** Sender of the mails. */
        @WithDefault("${QUARKUS_MAILER_FROM:penstock@localhost}")
        String from();
    }

    /** Alerts by HTTP POST. */
    interface Webhook {

        /** Where alerts are posted to; absent: nowhere. May carry credentials, so that it is never logged. */
        Optional<String> url();

        /**
         * Key of the signature: {@code X-Penstock-Signature} then holds {@code sha256=} and the hexadecimal HMAC-SHA256 of
         * {@code X-Penstock-Timestamp}, a dot and the body. Absent: unsigned. Never logged.
         */
        Optional<String> secret();
    }
}
