package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.ChildProcess.StopSignal;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest {

    @TempDir
    Path directory;

    private ChildProcess child;

    @BeforeEach
    void startSomethingThatStaysUntilAsked() {
        child = start("trap 'echo asked to stop; exit 7' TERM; echo up; while :; do sleep 0.1; done");
        await().until(() -> log().contains("up"));
    }

    @AfterEach
    void stop() {
        child.close();
    }

    @Test
    void asksToStopAndReturnsWhenStopped() {
        child.close();
        assertThat(ProcessHandle.of(child.pid())).isEmpty();
        assertThat(log()).contains("asked to stop");
    }

    @Test
    void killsWhatDoesNotStop() {
        ChildProcess stubborn = start("trap '' TERM; echo stubborn; while :; do sleep 0.1; done");
        await().until(() -> log().contains("stubborn"));
        stubborn.close();
        assertThat(stubborn.isAlive()).isFalse();
        assertThat(ProcessHandle.of(stubborn.pid())).isEmpty();
    }

    @Test
    void leavesNoProcessOfItsGroupBehind() {
        child.close();
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void tellsWhenItDied() throws Exception {
        CountDownLatch died = new CountDownLatch(1);
        child.onExit(died::countDown);
        child.kill();
        assertThat(died.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(child.obituary()).contains("child ended with exit code 137", "up");
    }

    @Test
    void failsToBecomeReadyWhenItDies() {
        ChildProcess mortal = start("echo cannot go on; exit 3");
        assertThatThrownBy(() -> mortal.awaitReady(() -> false, Duration.ofSeconds(20)))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("cannot go on");
    }

    @Test
    void survivesCtrlCInTheTerminal() throws Exception {
        // The terminal signals the launcher's process group; the child has a group of its own.
        String afterName =
                Files.readString(Path.of("/proc/" + child.pid() + "/stat")).split("\\) ")[1];
        String group = afterName.split(" ")[2];
        assertThat(group).isEqualTo(String.valueOf(child.pid()));
    }

    @Test
    void endsWhenTheLauncherIsKilled() throws Exception {
        Process launcher = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dpenstock.home=" + System.getProperty("penstock.home"),
                        DoomedLauncher.class.getName(),
                        directory.resolve("doomed.log").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = launcher.inputReader(StandardCharsets.UTF_8);
        long orphan = Long.parseLong(output.readLine());
        assertThat(ProcessHandle.of(orphan)).isPresent();
        launcher.destroyForcibly().waitFor();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.of(orphan).isEmpty());
    }

    /** Starts a child and waits to be killed. */
    static final class DoomedLauncher {

        public static void main(String[] arguments) throws InterruptedException {
            ChildProcess child = ChildProcess.start(
                    Installation.current(), Path.of(arguments[0]), command("while :; do sleep 0.1; done"));
            System.out.println(child.pid());
            Thread.currentThread().join();
        }
    }

    private ChildProcess start(String script) {
        return ChildProcess.start(Installation.current(), directory.resolve("child.log"), command(script));
    }

    private static Command command(String script) {
        return new Command("child", List.of("bash", "-c", script), Map.of(), StopSignal.TERM, Duration.ofSeconds(1));
    }

    private String log() throws java.io.UncheckedIOException {
        try {
            return Files.readString(directory.resolve("child.log"));
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
