package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.local.LocalApi.QueueCounts;
import io.penstock.local.LocalApi.SweepProgress;
import io.penstock.local.feed.MalformedRows;
import io.penstock.local.feed.Mischief;
import io.penstock.local.feed.SampleOffers;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged deployables, started as a newcomer starts them. */
@Timeout(300)
class LauncherEndToEnd {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private Process launched;

    @AfterEach
    void stopWhatATestThatFailedLeftRunning() {
        if (launched != null) {
            launched.destroy();
        }
    }

    @Test
    void sweepsOnceTellsWhatCameOfItAndLeavesNothingBehind() throws Exception {
        Process launcher = launch("--once");
        assertThat(launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(output())
                .contains("24 of 24 pages", "2,345 stored", MalformedRows.TOTAL + " malformed rows", "0 dead")
                .doesNotContain("NOT COMPLETE");
        assertThat(launcher.exitValue()).isZero();
    }

    @Test
    void stopsEverythingOnCtrlC() throws Exception {
        Process launcher = launch();
        await().atMost(PATIENCE).until(() -> output().contains("Ctrl-C stops everything"));
        List<ProcessHandle> started = launcher.descendants().toList();
        assertThat(started).hasSizeGreaterThanOrEqualTo(5);
        interrupt(launcher);
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        awaitEndOf(started);
        assertThat(output()).contains("Stopping").doesNotContain("ended with exit code");
    }

    @Test
    void stopsEverythingOnCtrlCDuringStartUp() throws Exception {
        Process launcher = launch();
        await().atMost(PATIENCE).until(() -> output().contains("Servers are up"));
        List<ProcessHandle> started = new ArrayList<>(launcher.descendants().toList());
        interrupt(launcher);
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(started).isNotEmpty();
        awaitEndOf(started);
    }

    @Test
    void losesNoPageWhenTheOnlyWorkerIsKilledInMidSweep() {
        HttpClient http = HttpClient.newHttpClient();
        try (Teardown teardown = new Teardown()) {
            Options options = new Options(true, 1, null, Map.of());
            RunServices services = RunServices.lay(options, Installation.current(), pagesTrickle(), teardown);
            Deployment deployment = new Deployment(services, http, teardown);
            RunningDeployable api = deployment.startApi(services.ports().next());
            RunningDeployable worker = deployment.startWorker();
            api.awaitReady();
            worker.awaitReady();
            LocalApi client = new LocalApi(api.url(), services.secrets(), http);

            Sweep sweep = Sweep.start(client, 24);
            await().atMost(PATIENCE).until(() -> sweep.progress().pagesDone() >= 2);
            worker.process().kill();
            SweepProgress atDeath = sweep.progress();
            deployment.startWorker().awaitReady();
            SweepResult result = sweep.follow(progressIsNotShown(), PATIENCE, () -> {});

            assertThat(atDeath.pagesDone()).isLessThan(24);
            assertThat(result.everyPageArrived()).as(result.summary()).isTrue();
            assertThat(result.progress().offersStored()).isEqualTo(SampleOffers.ACTIVE);
            assertThat(client.storedOffers()).isEqualTo(SampleOffers.ACTIVE);
            assertThat(client.queue("full-sync-chunk"))
                    .extracting(QueueCounts::dead, QueueCounts::waiting, QueueCounts::active)
                    .containsExactly(0L, 0L, 0L);
        }
    }

    /** Pages come one after the other, so that there is a middle of the sweep. */
    private static Mischief.Plan pagesTrickle() {
        return (page, request) -> Mischief.slow(Duration.ofMillis(400L * (page % 10)));
    }

    private static SweepDisplay progressIsNotShown() {
        return SweepDisplay.on(new PrintStream(PrintStream.nullOutputStream()), false, 24);
    }

    private Process launch(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                // A build that was started in the background ignores Ctrl-C, and its children would, too.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dpenstock.home=" + System.getProperty("penstock.home"),
                "-jar",
                Path.of("target/penstock-local.jar").toString()));
        command.addAll(List.of(options));
        launched = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        return launched;
    }

    /** All have ended when the launcher has; the system may take a moment to clear them away. */
    private static void awaitEndOf(List<ProcessHandle> processes) {
        await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static void interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private String output() throws Exception {
        return Files.readString(directory.resolve("output"));
    }
}
