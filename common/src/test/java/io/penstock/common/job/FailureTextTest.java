package io.penstock.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    private static final class Unreadable extends IllegalStateException {

        @Override
        public String getMessage() {
            throw new NullPointerException("of the message");
        }
    }

    private static final class UnreadableCause extends IllegalStateException {

        UnreadableCause() {
            super("boom");
        }

        @Override
        public @Nullable Throwable getCause() {
            throw new StackOverflowError();
        }
    }

    @Test
    void saysItsMessageAndThenItsStack() {
        assertThat(FailureText.message(new IllegalStateException("boom"))).isEqualTo("boom");
        assertThat(FailureText.withStack(new IllegalStateException("boom")))
                .startsWith("boom\njava.lang.IllegalStateException: boom\n\tat io.penstock")
                .contains("FailureTextTest");
    }

    @Test
    void saysItsClassWhereItHasNoMessage() {
        assertThat(FailureText.message(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(FailureText.message(new IllegalStateException(" "))).isEqualTo("IllegalStateException");
        assertThat(FailureText.message(new IllegalStateException() {}))
                .isEqualTo(getClass().getName() + "$1");
        assertThat(FailureText.withStack(null)).isEqualTo("failed without an exception");
    }

    @Test
    void saysWhatCannotBeRead() {
        assertThat(FailureText.message(new Unreadable()))
                .isEqualTo("Unreadable (its message cannot be read: NullPointerException)");
        assertThat(FailureText.withStack(new Unreadable()))
                .isEqualTo("Unreadable (its message cannot be read: NullPointerException)\n"
                        + "Unreadable (its stack trace cannot be read: NullPointerException)");
        assertThat(FailureText.withStack(new UnreadableCause()))
                .isEqualTo("boom\nUnreadableCause (its stack trace cannot be read: StackOverflowError)");
    }

    @Test
    void aStackThatThrowsIsLeftOut() {
        IllegalStateException failure = new IllegalStateException("boom") {
            @Override
            public void printStackTrace(PrintWriter to) {
                throw new AssertionError("no");
            }
        };

        assertThat(FailureText.withStack(failure)).startsWith("boom\n").endsWith("cannot be read: AssertionError)");
    }
}
