package io.penstock.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A process of the run, on a leash: a script that starts the command in a process group of its own and ends it when the
 * pipe from here is closed. {@link #close} closes it; so does the end of the launcher, even by kill -9. What the
 * command prints goes to its log file.
 */
final class ChildProcess implements AutoCloseable {

    /** How a command is asked to stop. */
    enum StopSignal {
        TERM,
        INT
    }

    private static final int LAST_LINES = 25;
    /** For the leash to notice that the grace is over, and to kill. */
    private static final Duration KILL_TIME = Duration.ofSeconds(5);

    private final String name;
    private final Path log;
    private final Duration grace;
    private final Process leash;
    private final long pid;

    private ChildProcess(String name, Path log, Duration grace, Process leash, long pid) {
        this.name = name;
        this.log = log;
        this.grace = grace;
        this.leash = leash;
        this.pid = pid;
    }

    /** What to run, and how it stops. */
    record Command(
            String name, List<String> words, Map<String, String> environment, StopSignal stopSignal, Duration grace) {}

    static ChildProcess start(Installation installation, Path log, Command command) {
        List<String> words = new ArrayList<>();
        words.add(installation.leash().toString());
        words.add(command.stopSignal().name());
        words.add(String.valueOf(command.grace().toSeconds()));
        words.add(log.toString());
        words.addAll(command.words());
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(log.toFile());
        builder.environment().putAll(command.environment());
        try {
            Process leash = builder.start();
            return new ChildProcess(command.name(), log, command.grace(), leash, pidFrom(leash.inputReader(UTF_8)));
        } catch (IOException e) {
            throw new LaunchException("%s could not be started: %s".formatted(command.name(), e.getMessage()), e);
        }
    }

    private static long pidFrom(BufferedReader leash) throws IOException {
        String line = leash.readLine();
        if (line == null) {
            throw new IOException("the leash ended at once");
        }
        return Long.parseLong(line);
    }

    String name() {
        return name;
    }

    /** Process id of the command itself, not of its leash. */
    long pid() {
        return pid;
    }

    Path log() {
        return log;
    }

    boolean isAlive() {
        return leash.isAlive();
    }

    /** When the command has ended, for whatever reason. */
    void onExit(Runnable then) {
        CompletableFuture<Void> unused = leash.onExit().thenRun(then);
    }

    /** Waits for a command that ends by itself. */
    int await(Duration deadline) {
        try {
            if (leash.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                return leash.exitValue();
            }
            close();
            throw new LaunchException("%s did not end within %d s".formatted(name, deadline.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while waiting for " + name, e);
        }
    }

    /** Returns once the command can be used; fails with the end of its log when it dies or takes too long. */
    void awaitReady(BooleanSupplier ready, Duration deadline) {
        boolean over = Pause.until(() -> !isAlive() || ready.getAsBoolean(), deadline);
        if (!isAlive()) {
            throw new LaunchException(obituary());
        }
        if (!over) {
            throw new LaunchException("%s is not ready after %d s. The end of %s:%n%s"
                    .formatted(name, deadline.toSeconds(), log, lastLines()));
        }
    }

    /** SIGKILL, as a crash of the machine would do it. */
    void kill() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Asks the command to stop, kills it after its grace, and returns when it is gone. */
    @Override
    public void close() {
        try {
            leash.getOutputStream().close();
            Duration most = grace.plus(KILL_TIME);
            if (!leash.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                leash.destroyForcibly();
            }
        } catch (IOException pipeIsGone) {
            kill();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** How it ended and what it said last, for the person at the terminal. */
    String obituary() {
        return "%s ended with exit code %s. The end of %s:%n%s".formatted(name, exitCode(), log, lastLines());
    }

    private @Nullable Integer exitCode() {
        return leash.isAlive() ? null : leash.exitValue();
    }

    private String lastLines() {
        try {
            List<String> lines =
                    new String(Files.readAllBytes(log), UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()))
                    .indent(4);
        } catch (IOException e) {
            return "    (could not be read: " + e.getMessage() + ")\n";
        }
    }
}
