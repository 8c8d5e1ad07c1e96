package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.bench.AppendOnlyFile;
import io.penstock.bench.BenchRedis;
import io.penstock.bench.EmbeddedRedis;
import io.penstock.bench.Terminal;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, as far as it goes without peers. */
class CompareTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String args) {
        return new Terminal(out, err).run(new Compare(), args.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "--rounds 0                               ; --rounds must be between 1 and 100",
                "--rounds 101                             ; --rounds must be between 1 and 100",
                "--rounds five                            ; 'five' is not an int",
                "--aof always                             ; --aof is 'always', must be one of off, everysec, both",
                "--scenario nothing                       ; --scenario is 'nothing', must be one of queue-add,",
                "--scenario worker-history                ; --scenario is 'worker-history', must be one of",
                "--scenario e2e,nothing                   ; --scenario is 'nothing', must be one of",
                "--redis localhost                        ; --redis must be a URL such as",
                "--redis redis://127.0.0.1:1 --aof off    ; --aof goes with the Redis started here",
                "--flush                                  ; --flush goes with --redis",
                "--fast                                   ; Unknown option: '--fast'",
            })
    void refusesWrongArguments(String args, String complaint) {
        assertThat(run(args)).isEqualTo(2);
        assertThat(err.toString()).contains(complaint);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhenNobodyAnswers() {
        assertThat(run("--redis redis://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString()).contains("no Redis answers");
    }

    @Test
    void refusesADatabaseThatIsNotEmptyAndTouchesNothing() {
        try (EmbeddedRedis server = new EmbeddedRedis(AppendOnlyFile.OFF);
                BenchRedis redis = new BenchRedis(server.url())) {
            Contents.put(server.url(), "orders", "of somebody else");

            assertThat(run("--redis " + server.url())).isEqualTo(1);
            assertThat(err.toString()).contains("holds 1 keys", "--flush");
            assertThat(redis.size()).isEqualTo(1);
        }
    }
}
