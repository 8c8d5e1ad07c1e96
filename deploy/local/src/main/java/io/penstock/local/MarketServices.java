package io.penstock.local;

import io.penstock.local.Teardown.Stage;
import io.penstock.local.marketplace.SampleProducts;
import io.penstock.local.marketplace.SampleScraper;
import io.penstock.local.marketplace.ScraperFault;
import io.penstock.local.model.ModelFault;
import io.penstock.local.model.SampleModel;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;

/**
 * What product monitoring stands on in a run: a scraper of a marketplace, a language model, and somebody who takes webhooks.
 *
 * @param hookSecret what webhooks are signed with
 */
record MarketServices(SampleScraper scraper, SampleModel model, HookCatcher hooks, String token, String hookSecret) {

    private static final long SEED = 20_260_102;

    static MarketServices open(RunServices services, Teardown teardown) {
        String token = services.secrets().feedToken();
        SampleScraper scraper =
                teardown.own(Stage.FEED_AND_MAIL, () -> scraper(services.ports().next(), token));
        SampleModel model =
                teardown.own(Stage.FEED_AND_MAIL, () -> model(services.ports().next(), token));
        HookCatcher hooks = teardown.own(
                Stage.FEED_AND_MAIL, () -> new HookCatcher(services.ports().next(), token));
        return new MarketServices(scraper, model, hooks, token, token);
    }

    private static SampleScraper scraper(int port, String token) {
        try {
            return new SampleScraper(
                    port, token, new SampleProducts(SEED), ScraperFault.Plan.sample(), InstantSource.system());
        } catch (IOException e) {
            throw new LaunchException("The sample scraper could not be started: " + e.getMessage(), e);
        }
    }

    private static SampleModel model(int port, String key) {
        try {
            return new SampleModel(port, key, ModelFault.Plan.sample());
        } catch (IOException e) {
            throw new LaunchException("The sample model could not be started: " + e.getMessage(), e);
        }
    }

    /** What the processes of Penstock are told, as environment variables. */
    Map<String, String> settings(int apiPort) {
        return Map.of(
                "APIFY_URL",
                scraper.url(),
                "APIFY_TOKEN",
                token,
                "OPENAI_BASE_URL",
                model.url(),
                "OPENAI_API_KEY",
                token,
                // The receiver of webhooks is on this machine, which is refused otherwise.
                "PENSTOCK_WEBHOOK_ALLOWED_NETWORKS",
                "127.0.0.1/32",
                "PENSTOCK_PRODUCT_NOTIFICATIONS_PUBLIC_URL",
                "http://127.0.0.1:" + apiPort);
    }

    @Override
    public String toString() {
        return "MarketServices[" + scraper.url() + ", " + model.url() + "]";
    }
}
