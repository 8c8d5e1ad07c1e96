package io.penstock.common.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorFingerprintTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            offer 17 has no price                           | offer 4711 has no price
            took 3.5 s of -2                                | took 1,250.75 s of 12
            no user 'ada' here                              | no user 'grace hopper' here
            no user "ada" here                              | no user "x" here
            job 0b6d9f4e-52f1-4c1e-9a3e-1f2d3c4b5a69 gone   | job 7a6d9f4e-52f1-4c1e-9a3e-ffffffffffff gone
            at 2026-11-22T04:45:00.123Z it broke            | at 1999-01-01 00:00:00+02:00 it broke
            object Foo@1b2c3d4 is closed                    | object Foo@deadbeef is closed
            address 0x7fff12 is odd                         | address 0x1 is odd
            hash 9f86d081884c7d659a2feaa0c55ad015 differs   | hash 00000000000000000000000000000001 differs
            token aZ09-kkkkkkkkkkkkkkkkkkkk is refused      | token ppppppppppppppp7pppppppppppp is refused
            page full-1-10 is missing                       | page full-11-20 is missing
            10.0.0.1:5432 refused the connection            | 192.168.12.7:6543 refused the connection
            attempt 2 of 3: no route                        | attempt 3 of 3: no route
            attempt 3 of 3: no route                        | no route
            two  blanks                                     | two blanks
            """)
    void isEqualForErrorsThatDifferInDetails(String one, String other) {
        assertThat(ErrorFingerprint.essence(other)).isEqualTo(ErrorFingerprint.essence(one));
        assertThat(ErrorFingerprint.of(other)).isEqualTo(ErrorFingerprint.of(one));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            offer 17 has no price        | offer 17 has no name
            can't open the user's file   | can't open the group's file
            timed out                    | timed out twice
            """)
    void differsForErrorsThatDifferInWords(String one, String other) {
        assertThat(ErrorFingerprint.of(other)).isNotEqualTo(ErrorFingerprint.of(one));
    }

    @Test
    void knowsClassAndOwnMethod() {
        String error =
                """
                page 7 did not arrive
                java.lang.IllegalStateException: page 7 did not arrive
                \tat java.base/java.util.Optional.orElseThrow(Optional.java:403)
                \tat io.smallrye.mutiny.Uni.subscribe(Uni.java:12)
                \tat app//com.example.shop.Prices$Inner_ClientProxy.lambda$fetch$3(Prices.java:41)
                \tat io.penstock.worker.run.JobRunner.perform(JobRunner.java:90)
                """;

        assertThat(ErrorFingerprint.essence(error))
                .isEqualTo("java.lang.IllegalStateException\npage ? did not arrive\n"
                        + "com.example.shop.Prices$Inner.lambda$fetch$");
    }

    @Test
    void isTheSameAfterLinesMoved() {
        String error = described(new IllegalStateException("page 7"));
        assertThat(ErrorFingerprint.of(error.replaceAll("\\.java:\\d+", ".java:999")))
                .isEqualTo(ErrorFingerprint.of(error));
    }

    @Test
    void tellsClassesApart() {
        assertThat(ErrorFingerprint.of(described(new IllegalStateException("no"))))
                .isNotEqualTo(ErrorFingerprint.of(described(new IllegalArgumentException("no"))));
    }

    @Test
    void takesTheClassOfTheWrapperWhereTheMessageNamesAnother() {
        String error = described(new CompletionException(new java.net.ConnectException("refused")));
        assertThat(ErrorFingerprint.essence(error)).startsWith("java.util.concurrent.CompletionException\n");
    }

    @Test
    void takesMessagesOfSeveralLinesAndOfNone() {
        assertThat(ErrorFingerprint.essence(described(new IllegalStateException("first\nsecond\nthird"))))
                .startsWith("java.lang.IllegalStateException\nfirst second third\n");
        assertThat(ErrorFingerprint.essence(described(new IllegalStateException())))
                .startsWith("java.lang.IllegalStateException\nIllegalStateException\n");
    }

    @Test
    void isOfOneFormWhateverItIsGiven() {
        for (String text : new String[] {
            "", "\n", "\n\n\tat ", "\tat x", "\0", "\uD83D", "?".repeat(5_000), "'".repeat(5_000), "a-".repeat(5_000)
        }) {
            assertThat(ErrorFingerprint.of(text)).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void doesNotDependOnWhatIsBeyondTheFirstCharacters() {
        String begin = "word ".repeat(ErrorFingerprint.LOOKED_AT / 5 + 1);
        assertThat(ErrorFingerprint.of(begin + "one")).isEqualTo(ErrorFingerprint.of(begin + "other"));
    }

    @Test
    void isQuickOnTextMadeToBeSlow() {
        String hostile = "a1-".repeat(400_000) + "'\"`" + UUID.randomUUID();
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            ErrorFingerprint.of(hostile);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    /** As the worker does it. */
    private static String described(Throwable failure) {
        StringWriter text = new StringWriter();
        String message = failure.getMessage();
        text.append(message == null ? failure.getClass().getSimpleName() : message)
                .append('\n');
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Rows of before must stay in the groups of after. Computed by the version that recursed. */
    @ParameterizedTest
    @MethodSource("knownFingerprints")
    void isWhatItAlwaysWas(String fingerprint, String error) {
        assertThat(ErrorFingerprint.of(error)).isEqualTo(fingerprint);
    }

    static Stream<Arguments> knownFingerprints() {
        return Stream.of(
                Arguments.of("3f28eaf01a4309af", "offer 17 has no price"),
                Arguments.of("4e4f9b5e48966c3b", "attempt 2 of 3: no route to 10.0.0.1:5432"),
                Arguments.of(
                        "a9fe4a6d28712fdc",
                        "no user 'grace hopper' here, job 0b6d9f4e-52f1-4c1e-9a3e-1f2d3c4b5a69 gone at 2026-11-22T04:45:00.123Z"),
                Arguments.of(
                        "db1ebf46e168fab3",
                        "page 7 did not arrive\njava.lang.IllegalStateException: page 7 did not arrive\n"
                                + "\tat java.base/java.util.Optional.orElseThrow(Optional.java:403)\n"
                                + "\tat app//com.example.shop.Prices$Inner_ClientProxy.lambda$fetch$3(Prices.java:41)\n"),
                Arguments.of("14c904a7d1e04a8d", "remote failed\n\tat somewhere else\n\tat /a/b/c.d(e)"),
                Arguments.of("66acdd6047ef3715", "a.b.C: x 1.2.3.4,5 ?.?:?"),
                Arguments.of(
                        "ef00527504bb92a9",
                        "java.util.concurrent.CompletionException\ncom.acme.$Proxy12_Subclass: took 3.5 s\n"
                                + "\tat com.acme.Work$$Lambda$41.run(Unknown Source)"));
    }

    @Property(tries = 300)
    void needsNoStackWhateverTheTextRepeats(
            @ForAll @Size(min = 1, max = 4) List<@From("pieces") String> repeated,
            @ForAll @From("pieces") String before,
            @ForAll @From("pieces") String after)
            throws InterruptedException {
        String unit = String.join("", repeated);
        String error = before + unit.repeat(ErrorFingerprint.LOOKED_AT / unit.length()) + after;
        AtomicReference<Throwable> surprise = new AtomicReference<>();
        Thread small = new Thread(null, () -> ErrorFingerprint.of(error), "small stack", 128 * 1024);
        small.setUncaughtExceptionHandler((thread, failure) -> surprise.set(failure));

        small.start();
        small.join();

        assertThat(surprise.get()).as(error).isNull();
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                "/",
                "a",
                "a.",
                "1",
                "1.",
                "1,",
                "?",
                "?.",
                "\n",
                "\tat ",
                "\n\tat ",
                "(",
                "'",
                "\"",
                "`",
                "-",
                "_",
                "$",
                "$$Lambda",
                "0x",
                "@f",
                "ab12",
                " ",
                ":",
                "attempt 1 of 2: ",
                "2026-01-01T00:00:00Z",
                "x.Y: ",
                "\ud83d",
                "\u0000");
    }
}
