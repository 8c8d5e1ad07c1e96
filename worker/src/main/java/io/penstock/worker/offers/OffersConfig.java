package io.penstock.worker.offers;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the offers workload, under {@code penstock.offers}. */
@ConfigMapping(prefix = "penstock.offers")
public interface OffersConfig {

    Feed feed();

    /** Pages that one chunk reads at once, whatever its payload asks for. More: more load on feed and database. */
    @WithDefault("10")
    int chunkConcurrency();

    /** Offers of the conversion list that are read with one request; at most 100, which is a page of the feed. */
    @WithDefault("50")
    int watchGroup();

    /** How long snapshots are kept. Longer: more history, and about 100 bytes per offer and reading. */
    @WithDefault("30d")
    Duration keepSnapshots();

    /** How long alerts are kept. */
    @WithDefault("180d")
    Duration keepAlerts();

    /** How long the record of a sweep is kept; not for longer than {@code penstock.batch.retention}, by which its pages go. */
    @WithDefault("30d")
    Duration keepSweeps();

    /** Who is told of alerts; absent: alerts are kept as history, and nobody is told. */
    Optional<List<String>> alertTo();

    /** Sender of alerts. */
    @WithDefault("${QUARKUS_MAILER_FROM:penstock@localhost}")
    String alertFrom();

    /** The feed. */
    interface Feed {

        /** Address of the feed, without the parameters of the wire format; absent: jobs that need it fail. */
        @WithDefault("${OFFERS_FEED_URL:}")
        Optional<URI> url();

        /** Sent as {@code mwsd}. A secret: it is never logged. */
        @WithDefault("${OFFERS_FEED_TOKEN:}")
        Optional<String> token();

        /** Answers over this size are refused. A page of 100 offers takes some 100 KB. */
        @WithDefault("8M")
        MemorySize answerLimit();

        /** How long a connection may take to be there. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** A request is broken off after this, even if the guard of the upstream waits longer. */
        @WithDefault("30s")
        Duration deadline();
    }
}
