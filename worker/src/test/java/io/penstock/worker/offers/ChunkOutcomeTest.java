package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.worker.offers.ChunkOutcome.MissingPage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChunkOutcomeTest {

    private static final int ATTEMPTS = 3;
    private static final PageResult ARRIVED = PageResult.arrived(1, 100);
    private static final PageResult FAILED = PageResult.failed(2, new UpstreamFaultException("HTML"));
    private static final PageResult PUT_OFF =
            PageResult.snooze(3, new SnoozeException(Duration.ofSeconds(7), "no permit"));

    private static MissingPage missing(int page, int failures) {
        return new MissingPage(page, failures, failures == 0 ? null : "earlier failure");
    }

    private static Outcome outcome(List<MissingPage> missing, PageResult... results) {
        return new ChunkOutcome(missing, List.of(results), ATTEMPTS, false).outcome();
    }

    @Test
    void completesWhenEveryPageArrived() {
        assertThat(outcome(List.of(missing(1, 0)), ARRIVED))
                .isEqualTo(Outcome.completed(new ChunkOutcome.Report(1, 100)));
    }

    @Test
    void completesWhenNothingWasMissing() {
        assertThat(outcome(List.of())).isInstanceOf(Outcome.Completed.class);
    }

    @Test
    void usesUpAnAttemptWhenAPageFailed() {
        assertThat(outcome(List.of(missing(1, 0), missing(2, 0)), ARRIVED, FAILED))
                .isEqualTo(new Outcome.RetryLater(null, "page 2: HTML"));
    }

    @Test
    void waitsAsLongAsTheFeedWants() {
        PageResult busy = PageResult.failed(2, new UpstreamFaultException("busy", Optional.of(Duration.ofSeconds(40))));

        assertThat(outcome(List.of(missing(2, 0)), busy))
                .isEqualTo(new Outcome.RetryLater(Duration.ofSeconds(40), "page 2: busy"));
    }

    @Test
    void usesUpNoAttemptWhileOtherPagesHaveNotHadTheirTurn() {
        assertThat(outcome(List.of(missing(2, 0), missing(3, 0), missing(4, 0)), FAILED, PUT_OFF, PageResult.left(4)))
                .isEqualTo(Outcome.snooze(Duration.ofSeconds(7), "no permit"));
    }

    @Test
    void usesUpAnAttemptWhenPagesArePutOffBecauseTheFeedFails() {
        Outcome outcome = new ChunkOutcome(
                        List.of(missing(2, 0), missing(3, 0)), List.of(FAILED, PUT_OFF), ATTEMPTS, true)
                .outcome();

        assertThat(outcome).isInstanceOf(Outcome.RetryLater.class);
    }

    @Test
    void isPutOffWithoutAnAttemptWhenTheFeedFailsAndNothingWasAsked() {
        Outcome outcome = new ChunkOutcome(List.of(missing(3, 0)), List.of(PUT_OFF), ATTEMPTS, true).outcome();

        assertThat(outcome).isInstanceOf(Outcome.Snooze.class);
    }

    @Test
    void failsForGoodWhenEveryMissingPageHadAllItsTries() {
        assertThat(outcome(List.of(missing(1, 0), missing(2, 2), missing(5, 3)), ARRIVED, FAILED))
                .isEqualTo(Outcome.fail("page 2: HTML (and 1 more pages)"));
    }

    @Test
    void tellsWhyAPageWasGivenUpInAnEarlierRun() {
        assertThat(outcome(List.of(missing(1, 0), missing(5, 3)), ARRIVED))
                .isEqualTo(Outcome.fail("page 5: earlier failure"));
    }

    @Test
    void givesUpAtOnceWhatNoRetryCanHelp() {
        PageResult refused = PageResult.failed(2, new UnrecoverableJobException("offers answered HTTP 401"));

        assertThat(outcome(List.of(missing(2, 0)), refused))
                .isEqualTo(Outcome.fail("page 2: offers answered HTTP 401"));
    }
}
