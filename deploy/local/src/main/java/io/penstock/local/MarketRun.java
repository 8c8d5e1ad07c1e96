package io.penstock.local;

import io.penstock.local.Sellers.Standing;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Keeps the sellers busy and tells how it goes. */
final class MarketRun {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(100);
    /** With {@code --once}: so much must be seen, and this is how long it may take. */
    private static final int TOLD_ENOUGH = 10;

    private static final Duration LONGEST = Duration.ofMinutes(4);

    private final Sellers sellers;
    private final MarketServices market;
    private final MailCatcher mails;
    private final Runnable check;
    private final PrintStream out;
    private Instant nextLine = Instant.EPOCH;

    /** @param check fails where a process has ended for good */
    MarketRun(Sellers sellers, MarketServices market, MailCatcher mails, Runnable check, PrintStream out) {
        this.sellers = sellers;
        this.market = market;
        this.mails = mails;
        this.check = check;
        this.out = out;
    }

    /** Goes on until {@code check} fails or the run is stopped. */
    void forEver() {
        while (!Thread.currentThread().isInterrupted()) {
            step();
        }
    }

    /**
     * Until products were read in spite of faults and users were told of what moved, by mail and by webhook; true: so it was, and no webhook
     * was unsigned or came once more.
     */
    boolean once() {
        Instant end = Instant.now().plus(LONGEST);
        Standing standing = sellers.standing();
        while (Instant.now().isBefore(end) && !isEnough(standing)) {
            step();
            standing = sellers.standing();
        }
        tell(standing);
        return isEnough(standing)
                && market.hooks().unsigned() == 0
                && market.hooks().cameAgain() == 0;
    }

    private boolean isEnough(Standing standing) {
        return standing.told() >= TOLD_ENOUGH
                && mails.caught() > 0
                && market.hooks().caught() > 0
                && market.scraper().faults() > 0;
    }

    private void step() {
        check.run();
        try {
            sellers.runOnce(Instant.now());
            if (Instant.now().isAfter(nextLine)) {
                nextLine = Instant.now().plus(BETWEEN_LINES);
                tell(sellers.standing());
            }
        } catch (LocalApi.ApiUnavailableException e) {
            // It is being restarted, or busy: people come back.
            out.printf("The API does not answer: %s%n", e.getMessage());
            Pause.of(BETWEEN_LINES);
        }
        Pause.of(STEP);
    }

    private void tell(Standing standing) {
        out.println(Sellers.line(standing, market, mails.caught()));
    }
}
