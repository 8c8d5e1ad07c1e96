package io.penstock.bench.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** A producer or worker process, as the process that started it sees it; the other end is {@link Supervisor}. */
final class Child {

    /** Little memory and a quick start: many of them are started on few cores. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            // A file in the directory for temporary files, which stays when the process is killed.
            "-XX:-UsePerfData",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final String name;
    private final Process process;
    private final Writer hears;
    private final CompletableFuture<Void> up = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile CompletableFuture<Vitals> vitals = new CompletableFuture<>();
    /** Whoever ends the process says so beforehand. */
    private volatile boolean condemned;

    /**
     * What a process holds.
     *
     * @param heap bytes in use after a collection
     */
    record Vitals(int threads, long heap) {}

    /**
     * What to run.
     *
     * @param classPath of the build it is run from
     * @param settings system properties
     */
    record Program(String classPath, Class<?> main, Map<String, String> settings, Map<String, String> environment) {}

    Child(String name, Program program, List<String> arguments, Path log) {
        this.name = name;
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(JVM_OPTIONS);
        // What it cannot remove when it is killed goes with the rest that the run wrote.
        words.add("-Djava.io.tmpdir=" + log.toAbsolutePath().getParent());
        program.settings().forEach((key, value) -> words.add("-D" + key + "=" + value));
        words.addAll(List.of("-cp", program.classPath(), program.main().getName()));
        words.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(program.environment());
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new ChaosException(name + " could not be started: " + e.getMessage(), e);
        }
        hears = process.outputWriter(StandardCharsets.UTF_8);
        Thread listener = new Thread(this::listen, "listen-to-" + name);
        listener.setDaemon(true);
        listener.start();
    }

    private void listen() {
        try (BufferedReader says =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = says.readLine(); line != null; line = says.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            // The same as the end.
        }
        up.completeExceptionally(new ChaosException(name + " ended before it was up"));
        vitals.completeExceptionally(new ChaosException(name + " has ended"));
    }

    private void heard(String line) {
        if (line.equals(Supervisor.UP)) {
            up.complete(null);
        } else if (line.equals(Supervisor.DONE)) {
            done.complete(null);
        } else if (line.startsWith(Supervisor.VITALS)) {
            String[] words = line.substring(Supervisor.VITALS.length()).split(" ", 2);
            vitals.complete(new Vitals(Integer.parseInt(words[0]), Long.parseLong(words[1])));
        }
    }

    String name() {
        return name;
    }

    /** @param action told the exit code, on another thread */
    void whenEnded(IntConsumer action) {
        CompletableFuture<Void> unused = process.onExit().thenAccept(ended -> action.accept(ended.exitValue()));
    }

    boolean isUp() {
        return up.isDone() && !up.isCompletedExceptionally() && process.isAlive();
    }

    boolean isCondemned() {
        return condemned;
    }

    boolean isDone() {
        return done.isDone();
    }

    void awaitUp(Duration most) {
        await(up, most, "is not up");
    }

    private <T> T await(CompletableFuture<T> future, Duration most, String otherwise) {
        try {
            return future.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        } catch (ExecutionException e) {
            throw new ChaosException(name + " " + otherwise + ": " + e.getCause());
        } catch (TimeoutException e) {
            throw new ChaosException(name + " " + otherwise + " after " + most.toSeconds() + " s");
        }
    }

    void go() {
        say(Supervisor.GO);
    }

    Vitals vitals() {
        vitals = new CompletableFuture<>();
        say(Supervisor.HOW_ARE_YOU);
        return await(vitals, ANSWER, "does not say how it is");
    }

    private void say(String line) {
        try {
            hears.write(line + "\n");
            hears.flush();
        } catch (IOException e) {
            throw new ChaosException(name + " has ended");
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        condemned = true;
        process.destroyForcibly();
    }

    /** SIGTERM, and nothing else: {@link Process#destroy} would let go of the leash as well. */
    void terminate() {
        condemned = true;
        signal("TERM");
    }

    /** Stands still until it is continued. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new ChaosException("kill -" + signal + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when it is still there after that time. */
    boolean awaitExit(Duration most) {
        try {
            return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
