package io.penstock.worker.offers;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jboss.logging.Logger;

/** Tells of offers that made no sense: counted in {@code penstock.offers.skipped} by reason, and logged once per answer. */
@ApplicationScoped
class SkippedOffers {

    private static final Logger LOG = Logger.getLogger(SkippedOffers.class);
    private static final int IDS_SHOWN = 5;

    private final MeterRegistry meters;

    @Inject
    SkippedOffers(MeterRegistry meters) {
        this.meters = meters;
    }

    void report(String where, FeedPage page) {
        if (page.skipped().isEmpty()) {
            return;
        }
        page.skippedByReason().forEach((reason, count) -> meters.counter("penstock.offers.skipped", "reason", reason)
                .increment(count));
        List<String> examples = page.skipped().stream()
                .limit(IDS_SHOWN)
                .map(offer -> offer.reason().code() + (offer.offerId() == null ? "" : " " + offer.offerId()))
                .toList();
        LOG.warnf(
                "%d offers of %s make no sense and are left out: %s, such as %s",
                page.skipped().size(), where, page.skippedByReason(), examples);
    }
}
