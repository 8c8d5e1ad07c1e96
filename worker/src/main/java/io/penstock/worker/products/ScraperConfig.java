package io.penstock.worker.products;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The scraper that reads products, under {@code penstock.product-scraper}. */
@ConfigMapping(prefix = "penstock.product-scraper")
public interface ScraperConfig {

    /** Its address, without a path; absent: jobs that need it fail. */
    @WithDefault("${APIFY_URL:}")
    Optional<URI> url();

    /** Sent as a bearer token. A secret: it is never logged. */
    @WithDefault("${APIFY_TOKEN:}")
    Optional<String> token();

    /** The actor that reads product pages: {@code user~name}. */
    @WithDefault("${APIFY_ACTOR:junglee~amazon-crawler}")
    String actor();

    /** Products that are read while the call waits. More are read by a run that is asked after, and holds no slot meanwhile. */
    @WithDefault("3")
    int syncUpTo();

    /** How long after its start a run is first asked after. Each question is a call that counts for the limit. */
    @WithDefault("1m")
    Duration firstLook();

    /** How long after that again. */
    @WithDefault("1m")
    Duration lookAgain();

    /** A run that has not ended after so long is given up. */
    @WithDefault("20m")
    Duration runLimit();

    /** How long jobs are put off when the scraper fails. No attempt is used up. */
    @WithDefault("1m")
    Duration faultPause();

    /** How long jobs are put off when a page for robots came instead of a product. */
    @WithDefault("2m")
    Duration blockedPause();

    /** Answers over this size are refused. A product takes some 20 KB. */
    @WithDefault("16M")
    MemorySize answerLimit();

    /** How long a connection may take to be there. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** A request is broken off after this, even if the guard of the upstream waits longer. */
    @WithDefault("60s")
    Duration deadline();
}
