package io.penstock.worker.offers;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Tells of what made no sense, counted and logged once per answer: offers without an id ({@code
 * penstock.offers.skipped} by reason) and fields left out ({@code penstock.offers.unreadable} by field).
 */
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
        if (!page.skipped().isEmpty()) {
            reportOffers(where, page);
        }
        if (!page.unreadable().isEmpty()) {
            reportFields(where, page);
        }
    }

    private void reportFields(String where, FeedPage page) {
        page.unreadableByField().forEach((field, count) -> meters.counter("penstock.offers.unreadable", "field", field)
                .increment(count));
        Map<String, String> samples = new TreeMap<>();
        page.unreadable().forEach(field -> samples.putIfAbsent(field.field(), field.sample()));
        LOG.warnf(
                "%d fields of offers of %s do not parse and are left empty: %s, such as %s",
                page.unreadable().size(), where, page.unreadableByField(), samples);
    }

    private void reportOffers(String where, FeedPage page) {
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
