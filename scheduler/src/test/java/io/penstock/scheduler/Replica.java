package io.penstock.scheduler;

import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.EmbeddedServers;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One packaged scheduler as a process of its own. It shares nothing with its like but the servers. */
final class Replica implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);

    private final String name;
    private final String redisUrl;
    private final String postgresAddress;
    private Process process;
    private int port;

    Replica(String name, String redisUrl, String postgresAddress) throws IOException {
        this.name = name;
        this.redisUrl = redisUrl;
        this.postgresAddress = postgresAddress;
        start();
    }

    void awaitUp() {
        await().atMost(START).until(this::isUp);
    }

    /** At once, as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    void start() throws IOException {
        port = EmbeddedServers.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                // A file in the directory for temporary files, which stays when the process is killed.
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
        builder.environment()
                .putAll(Map.of(
                        "REDIS_URL",
                        redisUrl,
                        "DATABASE_URL",
                        "postgresql://" + postgresAddress,
                        "DATABASE_USER",
                        "postgres",
                        "DATABASE_PASSWORD",
                        "postgres",
                        "PENSTOCK_LOG_JSON",
                        "false",
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(port)));
        File log = new File("target", name + ".log");
        Files.createDirectories(log.getParentFile().toPath());
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** Stands still until it is continued. */
    void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private boolean isUp() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
