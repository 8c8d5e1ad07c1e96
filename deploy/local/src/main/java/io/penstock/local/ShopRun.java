package io.penstock.local;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Keeps the ticket shop busy and tells how it goes. */
final class ShopRun {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration SHORT_RUN = Duration.ofSeconds(30);
    private static final Duration LAST_HOLDS = Duration.ofSeconds(60);

    private final Crowd crowd;
    private final MailCatcher mails;
    private final Runnable check;
    private final PrintStream out;
    private Instant nextLine = Instant.EPOCH;

    /** @param check fails where a process has ended for good */
    ShopRun(Crowd crowd, MailCatcher mails, Runnable check, PrintStream out) {
        this.crowd = crowd;
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

    /** Half a minute of crowd, then waits for the last hold to end; true: all ended, each of those that expired with its mail. */
    boolean once() {
        Instant end = Instant.now().plus(SHORT_RUN);
        while (Instant.now().isBefore(end)) {
            step();
        }
        boolean ended = Pause.until(() -> crowd.held() == 0 && mails.caught() >= crowd.expired(), LAST_HOLDS);
        tell();
        return ended && mails.caught() == crowd.expired();
    }

    private void step() {
        check.run();
        try {
            crowd.runOnce(Instant.now());
            if (Instant.now().isAfter(nextLine)) {
                nextLine = Instant.now().plus(BETWEEN_LINES);
                tell();
            }
        } catch (LocalApi.ApiUnavailableException e) {
            // It is being restarted, or busy: people come back.
            out.printf("The shop does not answer: %s%n", e.getMessage());
            Pause.of(BETWEEN_LINES);
        }
        Pause.of(STEP);
    }

    private void tell() {
        out.printf("%s; %d mails%n", crowd.status(), mails.caught());
    }
}
