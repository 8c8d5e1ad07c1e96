package io.penstock.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.bench.StartUp;
import io.penstock.bench.Terminal;
import java.io.StringWriter;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of the run of batches: every kind of fault once, every item accounted for. */
@Tag("slow")
class BatchChaosTest {

    private static final int MOST_TRIES = 3;

    /** Batches were still open after the last fault, and chunks were begun again. */
    private static final Pattern FELL_INTO_WORK =
            Pattern.compile("open after the last fault [1-9].*begun again [1-9]", Pattern.DOTALL);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() {
        StartUp.once();
    }

    private int run(String... args) {
        return new Terminal(out, err).run(new BatchChaos(), args);
    }

    /** That faults fall into the middle of the work is likely, not certain: where they do not, there is another run. */
    @Test
    void everyItemIsAccountedFor() {
        for (int tries = 1; !FELL_INTO_WORK.matcher(out.toString()).find(); tries++) {
            assertThat(tries)
                    .as("runs without a chunk that was begun again: %s", out)
                    .isLessThanOrEqualTo(MOST_TRIES);
            out.getBuffer().setLength(0);
            int code = run("--batches", "2", "--items", "6000", "--rounds", "1", "--workers", "2", "--patience", "60");

            assertThat(code).as("%s%n%s", out, err).isZero();
            assertThat(out.toString()).contains("items 24000").contains("BROKEN 0");
            assertThat(err.toString())
                    .contains("kill -9 a worker", "restart Redis", "restart PostgreSQL", "stands still");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--batches 0", "--items 99", "--rounds 0", "--workers 1", "--patience 0", "--nothing"})
    void refusesWrongArguments(String args) {
        assertThat(run(args.split(" "))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }
}
