package io.penstock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program as it is shipped, in a process of its own, with the settings that a deployment has which sets nothing but
 * addresses. It runs on the launcher's leash, so that it ends with this process, whatever ends this.
 */
class PackagedProgram implements AutoCloseable {

    private static final String HOME_PROPERTY = "penstock.home";
    private static final int GRACE_SECONDS = 20;
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(200);
    private static final int OK = 200;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private final String module;
    private final Process leash;
    private final long pid;
    private final int port = FreePort.next();
    private final Path log;

    /**
     * Returns when it is ready.
     *
     * @param module api, worker or scheduler
     * @param jvmOptions separated by blanks; null: those it is shipped with, and the environment that goes with them
     * @param settings environment variables beside those that every program gets
     */
    PackagedProgram(
            String module,
            EmbeddedRedis redis,
            BenchPostgres postgres,
            @Nullable String jvmOptions,
            Map<String, String> settings) {
        this.module = module;
        Path home = home();
        try {
            log = Files.createTempFile("penstock-" + module + "-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command(module, home, log, jvmOptions));
            builder.redirectError(log.toFile());
            builder.environment().putAll(environment(redis, postgres, jvmOptions));
            builder.environment().putAll(settings);
            leash = builder.start();
            pid = pidFrom(leash.inputReader(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new BenchException("the " + module + " could not be started: " + e.getMessage());
        }
        try {
            awaitReady();
        } catch (BenchException e) {
            close();
            throw e;
        }
    }

    private static Path home() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new BenchException("start this with deploy/bench/run");
        }
        return Path.of(home).toAbsolutePath();
    }

    private static List<String> command(String module, Path home, Path log, @Nullable String jvmOptions) {
        List<String> words = new ArrayList<>(List.of(
                home.resolve("deploy/local/leash").toString(),
                "TERM",
                String.valueOf(GRACE_SECONDS),
                log.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        if (jvmOptions == null) {
            words.add("@" + home.resolve("deploy/jvm/" + module));
        } else if (!jvmOptions.isBlank()) {
            words.addAll(List.of(jvmOptions.strip().split("\\s+")));
        }
        words.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        words.add("-jar");
        words.add(home.resolve(module + "/target/quarkus-app/quarkus-run.jar").toString());
        return words;
    }

    private Map<String, String> environment(EmbeddedRedis redis, BenchPostgres postgres, @Nullable String jvmOptions) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "REDIS_URL", redis.url(),
                "DATABASE_URL", postgres.url(),
                "DATABASE_USER", postgres.user(),
                "DATABASE_PASSWORD", postgres.password(),
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", String.valueOf(port),
                // The jobs of the load.
                "PENSTOCK_WORKLOAD_DIAGNOSTICS_ENABLED", "true"));
        if (jvmOptions == null) {
            environment.put("MALLOC_ARENA_MAX", "2");
        }
        return environment;
    }

    private static long pidFrom(BufferedReader leash) throws IOException {
        String line = leash.readLine();
        if (line == null) {
            throw new IOException("the leash ended at once");
        }
        return Long.parseLong(line);
    }

    /** It says whether it is ready when it is asked, and only then. */
    private void awaitReady() {
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (endsWithin(BETWEEN_QUESTIONS) || System.nanoTime() - end > 0) {
                throw new BenchException("the " + module + " does not become ready; what it said is in " + log);
            }
        }
    }

    /** Returns early, and true, when the process ends meanwhile. */
    boolean endsWithin(Duration time) {
        try {
            return leash.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private boolean isReady() {
        try {
            return ask("/q/health/ready").statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** CPU time that it has taken since its start. */
    Duration cpu() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new BenchException("the " + module + " is gone; what it said is in " + log));
    }

    int port() {
        return port;
    }

    Path log() {
        return log;
    }

    ResidentMemory memory() {
        return ResidentMemory.of(pid);
    }

    HttpResponse<String> ask(String path) throws IOException {
        HttpRequest question = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ANSWER)
                .build();
        try {
            return http.send(question, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** As {@code kill -9} does: it has no time for anything. */
    void kill() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Asks it to stop, and returns when it is gone. */
    @Override
    public void close() {
        try {
            leash.getOutputStream().close();
            if (!leash.waitFor(GRACE_SECONDS * 2, TimeUnit.SECONDS)) {
                leash.destroyForcibly();
            }
            Files.deleteIfExists(log);
        } catch (IOException e) {
            System.err.println("the " + module + " did not stop in order: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
