package io.penstock.common.testing;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis process that a test may kill, freeze and start again: a server, a node of a cluster, a sentinel. It ends
 * with the JVM at the latest.
 */
public final class RedisNode implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final List<String> commandLine;
    private final Path directory;
    private Process process;

    private RedisNode(int port, List<String> commandLine, Path directory) {
        this.port = port;
        this.commandLine = commandLine;
        this.directory = directory;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-redis-" + port));
    }

    /** @param settings of redis.conf, each as name and value beside one another */
    public static RedisNode start(String... settings) {
        int port = EmbeddedServers.freePort();
        Path directory = newDirectory();
        List<String> words = new ArrayList<>(List.of(
                Program.PATH, "--port", "" + port, "--bind", "127.0.0.1", "--dir", directory.toString(), "--save", ""));
        for (int i = 0; i < settings.length; i += 2) {
            words.add("--" + settings[i]);
            words.addAll(List.of(settings[i + 1].split(" ")));
        }
        return new RedisNode(port, words, directory);
    }

    /** A sentinel, alone, for a master that it calls {@code mymaster}. */
    public static RedisNode startSentinel(RedisNode master) {
        int port = EmbeddedServers.freePort();
        Path directory = newDirectory();
        Path file = directory.resolve("sentinel.conf");
        try {
            Files.writeString(
                    file,
                    """
                    port %d
                    bind 127.0.0.1
                    dir %s
                    sentinel monitor mymaster 127.0.0.1 %d 1
                    sentinel down-after-milliseconds mymaster 1000
                    sentinel failover-timeout mymaster 3000
                    """
                            .formatted(port, directory, master.port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RedisNode(port, List.of(Program.PATH, file.toString(), "--sentinel"), directory);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("redis-node");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() {
        Process started = spawn(commandLine);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> run("PING").toString().equals("PONG"));
        return started;
    }

    private Process spawn(List<String> words) {
        try {
            return new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** host:port */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public String url() {
        return "redis://" + address();
    }

    /** Runs one command over a connection of its own and waits for the answer. */
    public Response run(String command, Object... args) {
        Request request = Request.cmd(Command.create(command));
        for (Object arg : args) {
            request.arg(arg.toString());
        }
        Redis client = Redis.createClient(Loop.VERTX, url());
        try {
            return client.connect()
                    .compose((RedisConnection connection) -> connection.send(request))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(command + " failed at " + address() + ": " + e.getMessage(), e);
        } finally {
            client.close();
        }
    }

    /** A field of INFO or CLUSTER INFO; empty when it is not there. */
    public String info(String field, String command, Object... args) {
        return run(command, args)
                .toString()
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    /** Connections of clients, without the one that asks and those that nodes keep for a while to move keys. */
    public long connections() {
        return run("CLIENT", "LIST", "TYPE", "normal")
                .toString()
                .lines()
                .filter(line -> !line.contains(" cmd=client|list ") && !line.contains(" cmd=restore"))
                .count();
    }

    /**
     * Returns when the replica has everything that this master has accepted up to now. (WAIT would look at the writes of
     * its own connection alone.)
     */
    public void awaitReplicationTo(RedisNode replica) {
        long offset = Long.parseLong(info("master_repl_offset", "INFO", "replication"));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> Long.parseLong(replica.info("slave_repl_offset", "INFO", "replication")) >= offset);
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** As a power cut would: nothing is said to anybody. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts a killed process again, at the same place. */
    public void startAgain() {
        process = launch();
    }

    /**
     * Starts a killed process again, and does not wait until it has read its files.
     *
     * @param settings for this time, besides the others
     */
    public void beginToStartAgain(String... settings) {
        List<String> words = new ArrayList<>(commandLine);
        for (int i = 0; i < settings.length; i += 2) {
            words.addAll(List.of("--" + settings[i], settings[i + 1]));
        }
        process = spawn(words);
    }

    /** Stops answering, while connections stay open. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // A directory that is gone already is as good.
        }
    }

    /** Unpacked once per JVM. */
    private static final class Program {
        static final String PATH = unpack();

        private static String unpack() {
            try {
                return RedisExecProvider.defaultProvider().get().getAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Loop {
        static final Vertx VERTX = Vertx.vertx();
    }
}
