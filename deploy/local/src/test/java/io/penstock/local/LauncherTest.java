package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class LauncherTest {

    @Test
    void runsOneWorkerAndGoesOnUnlessToldOtherwise() {
        assertThat(options()).isEqualTo(new Options(false, 1, null, Map.of()));
    }

    @Test
    void takesItsOptions() {
        assertThat(options("--once", "--workers", "3", "--port=9000")).isEqualTo(new Options(true, 3, 9_000, Map.of()));
    }

    @Test
    void showsTheTicketShopWhenAsked() {
        assertThat(options("--demo", "orders").demo()).isEqualTo(Demo.ORDERS);
        assertThat(options("--demo=templates").demo()).isEqualTo(Demo.TEMPLATES);
        assertThat(options("--demo", "products").demo()).isEqualTo(Demo.PRODUCTS);
        assertThat(options().demo()).isEqualTo(Demo.OFFERS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--demo=weather",
                "--workers=0",
                "--workers=-1",
                "--workers=1000",
                "--workers=two",
                "--port=0",
                "--port=70000",
                "--x"
            })
    void refusesWhatMakesNoSense(String argument) {
        assertThatThrownBy(() -> options(argument)).isInstanceOf(ParameterException.class);
    }

    @Test
    void explainsItself() {
        StringWriter printed = new StringWriter();
        CommandLine commandLine = new CommandLine(new Launcher(Map.of())).setOut(new PrintWriter(printed));
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(printed.toString()).contains("--once", "--workers", "--port", "OFFERS_FEED_URL", "REDIS_URL");
    }

    @Test
    void takesAnEmptyVariableForNone() {
        Options options =
                new Options(false, 1, null, Map.of("REDIS_URL", " ", "DATABASE_URL", "postgresql://db/penstock"));
        assertThat(options.setting("REDIS_URL")).isNull();
        assertThat(options.setting("DATABASE_URL")).isEqualTo("postgresql://db/penstock");
    }

    private static Options options(String... arguments) {
        Launcher launcher = new Launcher(Map.of());
        new CommandLine(launcher).parseArgs(arguments);
        return launcher.options();
    }
}
