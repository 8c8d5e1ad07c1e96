package io.penstock.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.bench.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A side's program at work on its turn. What it says besides its figures goes to stderr. */
final class TurnProcess implements AutoCloseable {

    /** A program gives up by itself when nothing moves; this is for one that does not. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Process process;

    TurnProcess(String name, ProcessBuilder program) {
        this.name = name;
        try {
            process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new BenchException(name + ": cannot be started: " + e.getMessage());
        }
    }

    /** Waits for its end. */
    JsonNode figures() {
        try {
            // One line fits into the pipe, so that nobody has to read it meanwhile.
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new BenchException(name + ": not finished after " + PATIENCE.toMinutes() + " minutes");
            }
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new BenchException(name + ": its program ended with code " + process.exitValue());
            }
            return parse(printed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (IOException e) {
            throw new BenchException(name + ": its figures cannot be read: " + e.getMessage());
        }
    }

    private JsonNode parse(String printed) {
        try {
            JsonNode figures = JSON.readTree(printed);
            if (figures.isObject()) {
                return figures;
            }
        } catch (JsonProcessingException notJson) {
            // The same as no figures.
        }
        throw new BenchException(name + ": printed no figures but '" + printed.strip() + "'");
    }

    /** Ends it, and all it has started; returns when they are gone. */
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        end(process.toHandle());
        started.forEach(TurnProcess::end);
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
        }
    }
}
