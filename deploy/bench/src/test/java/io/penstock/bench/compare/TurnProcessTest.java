package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.penstock.bench.BenchException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TurnProcessTest {

    private static TurnProcess shell(String script) {
        return new TurnProcess("round 1, e2e, BullMQ", new ProcessBuilder("sh", "-c", script));
    }

    @Test
    void readsTheFiguresThatAProgramPrints() {
        try (TurnProcess program = shell("echo '{\"jobsPerSecond\":12.5}'")) {
            assertThat(program.figures().path("jobsPerSecond").asDouble()).isEqualTo(12.5);
        }
    }

    @Test
    void saysWhoseProgramFailed() {
        try (TurnProcess program = shell("exit 3")) {
            assertThatExceptionOfType(BenchException.class)
                    .isThrownBy(program::figures)
                    .withMessage("round 1, e2e, BullMQ: its program ended with code 3");
        }
    }

    @Test
    void saysWhatAProgramPrintedInsteadOfFigures() {
        try (TurnProcess program = shell("echo 'BullMQ: note'")) {
            assertThatExceptionOfType(BenchException.class)
                    .isThrownBy(program::figures)
                    .withMessageContaining("printed no figures but 'BullMQ: note'");
        }
    }

    @Test
    void endsAProgramThatIsStillAtWork() {
        TurnProcess program = new TurnProcess("round 1, e2e, BullMQ", new ProcessBuilder("sleep", "600"));

        program.close();

        assertThatExceptionOfType(BenchException.class).isThrownBy(program::figures);
    }
}
