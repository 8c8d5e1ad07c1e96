package io.penstock.worker.offers;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.worker.products.TestScraper;
import io.penstock.worker.products.analysis.TestModel;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A feed, a scraper and a mail server for a worker under test, and rates that do not slow the tests down. */
public final class OffersTestResource implements QuarkusTestResourceLifecycleManager {

    private final TestFeed feed = new TestFeed();
    private final TestScraper scraper = new TestScraper();
    private final TestModel model = new TestModel();
    private final GreenMail mail =
            new GreenMail(new ServerSetup(EmbeddedServers.freePort(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @Override
    public Map<String, String> start() {
        mail.start();
        return Map.ofEntries(
                Map.entry("penstock.offers.feed.url", feed.url()),
                Map.entry("penstock.offers.feed.token", TestFeed.TOKEN),
                Map.entry("penstock.offers.feed.answer-limit", "100K"),
                Map.entry("penstock.offers.watch-group", "3"),
                Map.entry("penstock.offers.alert-to", "ops@example.org"),
                Map.entry("penstock.offers.alert-from", "penstock@example.org"),
                Map.entry("penstock.upstream.\"offers\".permits", "60000"),
                Map.entry("penstock.upstream.\"offers\".burst", "1000"),
                Map.entry("penstock.upstream.\"offers\".timeout", "2s"),
                Map.entry("penstock.upstream.\"offers\".breaker.ratio", "1"),
                Map.entry("penstock.upstream.\"offers\".breaker.minimum-calls", "500"),
                Map.entry("penstock.queue.\"full-sync-chunk\".rate-limit.permits", "1000"),
                Map.entry("penstock.queue.\"full-sync-chunk\".backoff.delay", "50ms"),
                Map.entry("penstock.queue.\"high-priority\".rate-limit.permits", "1000"),
                Map.entry("penstock.webhook.allowed-networks", "127.0.0.0/8"),
                Map.entry("penstock.product-notifications.from", "products@example.org"),
                Map.entry("penstock.product-notifications.public-url", "https://penstock.example.org/"),
                Map.entry("penstock.product-scraper.url", scraper.url()),
                Map.entry("penstock.product-scraper.token", TestScraper.TOKEN),
                Map.entry("penstock.product-scraper.first-look", "20ms"),
                Map.entry("penstock.product-scraper.look-again", "20ms"),
                Map.entry("penstock.product-scraper.fault-pause", "50ms"),
                Map.entry("penstock.product-scraper.blocked-pause", "50ms"),
                Map.entry("penstock.upstream.\"apify\".permits", "60000"),
                Map.entry("penstock.upstream.\"apify\".burst", "1000"),
                Map.entry("penstock.upstream.\"apify\".timeout", "5s"),
                Map.entry("penstock.upstream.\"apify\".breaker.ratio", "1"),
                Map.entry("penstock.upstream.\"apify\".breaker.minimum-calls", "500"),
                Map.entry("penstock.product-model.url", model.url()),
                Map.entry("penstock.product-model.key", TestModel.KEY),
                Map.entry("penstock.upstream.\"openai\".permits", "60000"),
                Map.entry("penstock.upstream.\"openai\".burst", "1000"),
                Map.entry("penstock.upstream.\"openai\".timeout", "30s"),
                Map.entry("penstock.upstream.\"openai\".breaker.ratio", "1"),
                Map.entry("penstock.upstream.\"openai\".breaker.minimum-calls", "500"),
                Map.entry("quarkus.mailer.mock", "false"),
                Map.entry("quarkus.mailer.host", "127.0.0.1"),
                Map.entry("quarkus.mailer.port", String.valueOf(mail.getSmtp().getPort())));
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(scraper, new TestInjector.MatchesType(TestScraper.class));
        injector.injectIntoFields(model, new TestInjector.MatchesType(TestModel.class));
        injector.injectIntoFields(feed, new TestInjector.MatchesType(TestFeed.class));
        injector.injectIntoFields(mail, new TestInjector.MatchesType(GreenMail.class));
    }

    @Override
    public void stop() {
        feed.close();
        scraper.close();
        model.close();
        mail.stop();
    }
}
