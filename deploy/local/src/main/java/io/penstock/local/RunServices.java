package io.penstock.local;

import io.penstock.local.LocalServers.Servers;
import io.penstock.local.Teardown.Stage;
import io.penstock.local.feed.Mischief;
import io.penstock.local.feed.SampleFeed;
import io.penstock.local.feed.SampleOffers;
import java.io.IOException;
import java.time.InstantSource;

/**
 * What the processes of Penstock stand on in a run.
 *
 * @param servers Redis and PostgreSQL
 * @param feed where the offers come from
 * @param mails where alerts go
 */
record RunServices(
        Installation installation,
        RunDirectory files,
        FreePorts ports,
        Secrets secrets,
        Servers servers,
        FeedAddress feed,
        MailCatcher mails) {

    private static final long FEED_SEED = 20_260_101;

    /** Starts everything that is not named elsewhere by the environment, and waits until it can be used. */
    static RunServices lay(Options options, Installation installation, Mischief.Plan mischief, Teardown teardown) {
        FreePorts ports = teardown.own(Stage.RUN_DIRECTORY, FreePorts::new);
        Secrets secrets = Secrets.forRun(options);
        RunDirectory files = teardown.own(
                Stage.RUN_DIRECTORY,
                () -> RunDirectory.create(installation.keep().resolve("runs")));
        FeedAddress feed = feed(options, mischief, secrets, ports, teardown);
        MailCatcher mails = teardown.own(Stage.FEED_AND_MAIL, () -> new MailCatcher(ports.next(), files.mails()));
        Servers servers =
                new LocalServers(options, installation, files, ports, teardown).start(secrets.databasePassword());
        return new RunServices(installation, files, ports, secrets, servers, feed, mails);
    }

    private static FeedAddress feed(
            Options options, Mischief.Plan mischief, Secrets secrets, FreePorts ports, Teardown teardown) {
        String elsewhere = options.setting("OFFERS_FEED_URL");
        if (elsewhere != null) {
            return new FeedAddress(elsewhere, options.setting("OFFERS_FEED_TOKEN", ""));
        }
        SampleFeed sample =
                teardown.own(Stage.FEED_AND_MAIL, () -> sampleFeed(ports.next(), secrets.feedToken(), mischief));
        return new FeedAddress(sample.url(), secrets.feedToken());
    }

    private static SampleFeed sampleFeed(int port, String token, Mischief.Plan mischief) {
        try {
            return new SampleFeed(port, token, new SampleOffers(FEED_SEED), mischief, InstantSource.system());
        } catch (IOException e) {
            throw new LaunchException("The sample feed could not be started: " + e.getMessage(), e);
        }
    }
}
