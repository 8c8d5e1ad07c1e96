package io.penstock.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.bench.StartUp;
import io.penstock.bench.Terminal;
import java.io.StringWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of the chaos run: every kind of fault at least once, every job accounted for. */
@Tag("slow")
class ChaosTest {

    /** Else each takeover would drive producers up to their deadline, which busy cores do not keep to the tenth of a second. */
    private static final String LONGER_THAN_A_TAKEOVER = " --deadline-ms 6000";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() {
        StartUp.once();
    }

    private int run(String... args) {
        return new Terminal(out, err).run(new Chaos(), args);
    }

    /** What the short forms have in common. */
    private int shortRun(String topology, int seconds, int jobs) {
        return run(("--ground " + topology + " --seconds " + seconds + " --jobs " + jobs
                        + " --producers 1 --max-stalls 1 --at-once 100 --seed 7 --workers 3")
                .split(" "));
    }

    private void assertAllIsAccountedFor(int code) {
        assertThat(code).as("%s%n%s", out, err).isZero();
        assertThat(out.toString())
                .containsPattern("LOST +0\n")
                .containsPattern("repeated WITHOUT A CAUSE +0\n")
                .containsPattern("TWO JOBS +0\n")
                .containsPattern("MISSING +0\n")
                .containsPattern("TWO ROWS +0\n")
                .containsPattern("hostile handlers +[1-9]")
                .containsPattern("restart PostgreSQL +1")
                .containsPattern("kill -9 PostgreSQL +1")
                .containsPattern("PostgreSQL stands still +1")
                .containsPattern("kill -9 a worker +[1-9]")
                .containsPattern("cut connections +[1-9]")
                .doesNotContain("BROKEN");
    }

    @Test
    void everyJobIsAccountedFor() {
        assertAllIsAccountedFor(shortRun("one", 10, 1_500));
        // Where calls wait longer than a takeover takes, none may have to be repeated.
        assertThat(out.toString())
                .containsPattern("of which tried again +[1-9]")
                .containsPattern("SIGTERM a worker +[1-9]")
                .containsPattern("SIGSTOP a worker +[1-9]")
                .containsPattern("restart Redis +[1-9]")
                .containsPattern("Redis is full +1")
                .containsPattern("Redis stands still +1")
                .containsPattern("job ignores cancellation +[1-9]")
                .containsPattern("poison job +[1-9]");
    }

    @Test
    void everyJobIsAccountedForWhereSentinelsNameTheMaster() {
        assertAllIsAccountedFor(shortRun("sentinel" + LONGER_THAN_A_TAKEOVER, 8, 1_000));
        assertThat(out.toString()).containsPattern("kill -9 the master +[1-9]");
    }

    @Test
    void everyJobIsAccountedForInACluster() {
        assertAllIsAccountedFor(shortRun("cluster" + LONGER_THAN_A_TAKEOVER, 8, 1_000));
        assertThat(out.toString())
                .containsPattern("kill -9 the master +[1-9]")
                .containsPattern("move a partition +[1-9]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--jobs 0",
                "--producers 0",
                "--workers 1",
                "--seconds 4",
                "--every-ms 9",
                "--lease-ms 999",
                "--max-stalls -1",
                "--at-once 0",
                "--deadline-ms 99",
                "--fsync sometimes",
                "--ground sand",
                "--seed abc",
                "--old-bench /nowhere.jar",
                "--nothing",
            })
    void refusesWrongArguments(String args) {
        assertThat(run(args.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow()).isNotBlank();
        assertThat(out.toString()).isEmpty();
    }
}
