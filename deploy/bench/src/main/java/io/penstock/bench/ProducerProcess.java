package io.penstock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A producer in a process of its own, as this process sees it. The two speak in lines: this one gives an order, such as
 * {@link Producer#AT_ONCE}, and the producer answers {@link Producer#DONE} with the CPU time it took. It ends by itself
 * when this process is gone.
 */
final class ProducerProcess implements AutoCloseable {

    /** As {@code deploy/bench/run} starts the measuring process itself. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private final Process process;
    private final BufferedReader says;
    private final Writer hears;

    ProducerProcess(String redisUrl, int partitions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), Producer.class.getName(), String.valueOf(partitions)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // Not an argument: a URL may hold a password, and arguments can be read by everybody on the machine.
        builder.environment().put(Producer.URL_VARIABLE, redisUrl);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new BenchException("cannot start the producer process: " + e.getMessage());
        }
        says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        hears = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Tells it to enqueue so many jobs as fast as it can; does not wait. */
    void enqueue(long jobs) {
        order(Producer.AT_ONCE + " " + jobs);
    }

    /** Tells it to enqueue jobs that note when they are due, as {@link PacedProducer} does; does not wait. */
    void enqueuePaced(long jobs, double perSecond) {
        order(Producer.PACED + " " + jobs + " " + perSecond);
    }

    /** Waits until the last order is carried out and returns the CPU time that it took. */
    long awaitCpuNanos() {
        return Long.parseLong(expect(Producer.DONE).strip());
    }

    private void order(String line) {
        try {
            hears.write(line + "\n");
            hears.flush();
        } catch (IOException e) {
            throw new BenchException("the producer process has ended");
        }
    }

    private String expect(String word) {
        try {
            String line = says.readLine();
            while (line != null && !line.startsWith(word)) {
                line = says.readLine();
            }
            if (line == null) {
                throw new BenchException("the producer process has ended early");
            }
            return line.substring(word.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
