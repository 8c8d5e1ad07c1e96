package io.penstock.common.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers hear of a mistake where they make it. */
@SuppressWarnings("NullAway")
class OutcomeTest {

    private static final JobType<Object> WORK = JobType.of("test.work", Object.class);
    private static final Duration NEGATIVE = Duration.ofMillis(-1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TOO_LONG = Duration.ofSeconds(Long.MAX_VALUE);

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("the reason of a failure must not be null", () -> Outcome.fail(null)),
                mistake("the reason of a retry must not be null", () -> Outcome.retryLater(null)),
                mistake("the delay of a retry must be between 0", () -> new Outcome.RetryLater(NEGATIVE, "why")),
                mistake("the delay of a retry must be between 0", () -> new Outcome.RetryLater(TOO_LONG, "why")),
                mistake("the delay of a snooze must not be null", () -> Outcome.snooze(null, "why")),
                mistake("the delay of a snooze must be between 0", () -> Outcome.snooze(NEGATIVE, "why")),
                mistake("the reason of a snooze must not be null", () -> Outcome.snooze(SECOND, null)),
                mistake("the reason of a cancellation must not be null", () -> new Outcome.Cancelled(null)),
                mistake("the list of follow-ups must not be null", () -> new Outcome.Completed("x", null)),
                mistake("a follow-up must not be null", () -> Outcome.completedThen("x", (FollowUp<?>) null)),
                mistake("the payload of a follow-up must not be null", () -> new FollowUp<>(WORK, null)),
                mistake("the type of a follow-up must not be null", () -> new FollowUp<>(null, "x")),
                mistake("the options of a follow-up must not be null", () -> new FollowUp<>(WORK, "x", null)),
                mistake("the delay of a job that is put off must not", () -> new SnoozeException(null, "why")),
                mistake("the delay of a job that is put off must be", () -> new SnoozeException(NEGATIVE, "why")),
                mistake("the reason why a job is put off must not", () -> new SnoozeException(SECOND, null)));
    }

    private static Arguments mistake(String message, ThrowingCallable made) {
        return Arguments.of(message, made);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void refusesAMistake(String message, ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
    }

    @Test
    void takesNoResultAndNoDelayOfItsOwn() {
        assertThat(Outcome.completed(null)).isEqualTo(new Outcome.Completed(null, List.of()));
        assertThat(Outcome.retryLater("why")).isEqualTo(new Outcome.RetryLater(null, "why"));
        assertThat(Outcome.snooze(Duration.ZERO, "why")).isEqualTo(new Outcome.Snooze(Duration.ZERO, "why"));
    }

    @Test
    void aSnoozeOrAnExceptionMayPauseTheGroupForAMonthAtMost() {
        Duration month = Duration.ofDays(31);
        assertThat(Outcome.snooze(month, "why").pausingGroup()).isEqualTo(new Outcome.Snooze(month, "why", true));
        assertThat(new SnoozeException(month, "why").pausesGroup()).isFalse();
        SnoozeException pausing = new SnoozeException(month, "why").pausingGroup();
        assertThat(pausing.pausesGroup()).isTrue();
        assertThat(pausing.delay()).isEqualTo(month);
        assertThat(pausing).hasMessage("why");

        Outcome.Snooze longer = Outcome.snooze(month.plusMillis(1), "why");
        assertThatThrownBy(longer::pausingGroup)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a group can be paused for at most 31 days");
        SnoozeException exception = new SnoozeException(Duration.ofDays(365), "why");
        assertThatThrownBy(exception::pausingGroup).isInstanceOf(IllegalArgumentException.class);
    }
}
