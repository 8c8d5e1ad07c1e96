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
 * Another program of the benchmarks in a process of its own. The two speak in lines: this one gives orders, the other one
 * answers. It ends by itself when this process is gone, see {@link LineOrders}.
 */
public final class LineProcess implements AutoCloseable {

    /** Tells the other program where Redis is. Not an argument: a URL may hold a password, which everybody could read. */
    public static final String URL_VARIABLE = "PENSTOCK_BENCH_REDIS";

    /** As {@code deploy/bench/run} starts the measuring process itself. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private final Process process;
    private final BufferedReader says;
    private final Writer hears;

    public LineProcess(Class<?> program, String redisUrl, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(URL_VARIABLE, redisUrl);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new BenchException("cannot start " + program.getSimpleName() + ": " + e.getMessage());
        }
        says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        hears = process.outputWriter(StandardCharsets.UTF_8);
    }

    public void order(String line) {
        try {
            hears.write(line + "\n");
            hears.flush();
        } catch (IOException e) {
            throw new BenchException("the other process has ended");
        }
    }

    /** Waits for a line that begins with a word, and returns what follows. */
    public String expect(String word) {
        try {
            String line = says.readLine();
            while (line != null && !line.startsWith(word)) {
                line = says.readLine();
            }
            if (line == null) {
                throw new BenchException("the other process has ended early");
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
