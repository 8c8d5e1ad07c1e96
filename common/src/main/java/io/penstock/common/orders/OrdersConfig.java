package io.penstock.common.orders;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Settings of the ticket shop, under {@code penstock.orders}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.orders")
public interface OrdersConfig {

    /** How long a hold keeps its tickets from others, 1 second to 30 days. */
    @WithDefault("10m")
    Duration holdTime();

    /** Tickets of one order. */
    @WithDefault("10")
    int maxPerOrder();

    /** The shop's time zone: decides which sessions are tomorrow's, and shows times in mails. */
    @WithDefault("Asia/Taipei")
    ZoneId zone();

    /** The sweep each minute leaves a due hold to its own job for so long. Longer: less is done twice. */
    @WithDefault("5s")
    Duration sweepAfter();

    /** Holds that one sweep ends at once. More: faster, and more connections to PostgreSQL. */
    @WithDefault("4")
    int sweepConcurrency();

    /** Sender of the shop's mails. */
    @WithDefault("${QUARKUS_MAILER_FROM:penstock@localhost}")
    String mailFrom();

    Cleanup cleanup();

    Files files();

    /** What the weekly cleanup removes. */
    interface Cleanup {

        /** Support sessions that were closed so long ago. */
        @WithDefault("3d")
        Duration supportSessions();

        /** Runs of schedules that were due so long ago; the scheduler removes its own at {@code penstock.scheduler.log-retention}. */
        @WithDefault("30d")
        Duration executionLogs();

        /**
         * A file that nothing refers to is marked, and removed by a later cleanup if that was so long ago and nothing refers to
         * it by then. A younger file is not even marked: what will refer to it may be under way.
         */
        @WithDefault("1d")
        Duration fileGrace();
    }

    /** The store of uploaded files, which speaks S3. */
    interface Files {

        /** Its address; absent: there are no files to look after. */
        Optional<URI> endpoint();

        /** Name of the bucket. */
        @WithDefault("shop")
        String bucket();

        /** Region that requests are signed for. */
        @WithDefault("us-east-1")
        String region();

        /** Name of the key that requests are signed with; absent: they are not signed. */
        Optional<String> accessKey();

        /** The key itself. A secret: it is never logged. */
        Optional<String> secretKey();

        /** Keys that begin like this are looked after; all others are left alone. */
        @WithDefault("avatars/,posters/")
        List<String> prefixes();

        /** An uploaded file may have so many bytes. More than {@code PENSTOCK_MAX_BODY_SIZE} never reaches it. */
        @WithDefault("1M")
        MemorySize maxSize();

        /** How long one request may take. */
        @WithDefault("10s")
        Duration deadline();
    }
}
