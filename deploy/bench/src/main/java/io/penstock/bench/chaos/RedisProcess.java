package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis process on loopback that can be killed and started again at its place. A shell holds it: it kills the
 * server when this process is gone, whatever ended it.
 */
public final class RedisProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);
    private static final String HOLD =
            "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & p=$!; echo $p; read -r unused; kill -9 $p 2>/dev/null";

    private final int port;
    private final Path directory;
    private final List<String> words = new ArrayList<>();
    private Process shell;
    private long pid;

    /** @param arguments of the program, but for where it is to be */
    private RedisProcess(Path directory, int port, List<String> arguments) {
        this.directory = directory;
        this.port = port;
        words.addAll(
                List.of("sh", "-c", HOLD, "hold", directory.resolve("redis.log").toString()));
        words.add(program());
        words.addAll(arguments);
        words.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", directory.toString()));
        shell = launch();
    }

    /**
     * A server.
     *
     * @param directory its own; exists
     * @param port chosen beforehand, so that others can be told of it
     * @param settings of redis.conf, each as name and value beside one another
     */
    static RedisProcess server(Path directory, int port, List<String> settings) {
        return new RedisProcess(directory, port, server(settings));
    }

    private static List<String> server(List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of("--save", ""));
        for (int i = 0; i < settings.size(); i += 2) {
            arguments.add("--" + settings.get(i));
            arguments.addAll(List.of(settings.get(i + 1).split(" ")));
        }
        return arguments;
    }

    /**
     * A sentinel.
     *
     * @param file its configuration, which it writes to as it learns
     */
    static RedisProcess sentinel(Path directory, int port, Path file) {
        return new RedisProcess(directory, port, List.of(file.toString(), "--sentinel"));
    }

    private static String program() {
        try {
            return RedisExecProvider.defaultProvider().get().getAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    public Path directory() {
        return directory;
    }

    private Process launch() {
        try {
            Process started = new ProcessBuilder(words)
                    .redirectError(directory.resolve("redis.log").toFile())
                    .start();
            BufferedReader says =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            String line = says.readLine();
            if (line == null) {
                throw new ChaosException("Redis could not be started");
            }
            pid = Long.parseLong(line);
            return started;
        } catch (IOException e) {
            throw new ChaosException("Redis could not be started: " + e.getMessage(), e);
        }
    }

    /** Waits until it serves, its data loaded. It signals neither; it says so when it is asked. */
    public void awaitServing() {
        if (!Pause.until(this::serves, BETWEEN_LOOKS, PATIENCE)) {
            throw new ChaosException("Redis does not answer at port " + port + "; see " + directory);
        }
    }

    private boolean serves() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    /** As {@code kill -9}: what it told the operating system to write stays, all else is gone. */
    public void kill() {
        // While the shell holds it, the number is nobody else's.
        if (shell.isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            letGo();
        }
    }

    /** Stands still, and keeps its connections, until {@link #thaw}. Nothing where it was killed. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            if (shell.isAlive()) {
                new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
        } catch (IOException e) {
            throw new ChaosException("kill -" + signal + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void letGo() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ChaosException("Redis, process " + pid + ", does not end");
            }
        } catch (IOException e) {
            // The shell has ended already.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts a killed server again, with what it has on its disk. */
    public void startAgain() {
        shell = launch();
        awaitServing();
    }

    @Override
    public void close() {
        kill();
    }

    /** Removes a directory with all that is in it, as far as that is possible. */
    static void remove(Path directory) {
        try (var files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // What is gone already need not be removed.
        }
    }
}
