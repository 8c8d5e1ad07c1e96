package io.penstock.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;
import redis.embedded.RedisServer;
import redis.embedded.util.OS;

/**
 * A real Redis on loopback for the time of the measurement; what it writes to disk goes with it. The {@code redis-server} of
 * the machine if there is one, because that is what queues run on; else the one that comes along, which is built against musl: its
 * {@code memmove} and its allocator make the same commands two to three times as dear.
 */
public final class EmbeddedRedis implements AutoCloseable {

    private final RedisServer server;
    private final Optional<Path> installed = installed();
    private final Path data;
    private final int port = FreePort.next();

    /** Without persistence. */
    EmbeddedRedis() {
        this(AppendOnlyFile.OFF);
    }

    public EmbeddedRedis(AppendOnlyFile file) {
        data = newDirectory();
        server = RedisServer.builder()
                .redisExecProvider(installed
                        .map(program -> RedisExecProvider.defaultProvider().override(OS.UNIX, program.toString()))
                        .orElseGet(RedisExecProvider::defaultProvider))
                .port(port)
                .bind("127.0.0.1")
                .setting("dir " + data)
                .setting("save \"\"")
                .setting("appendonly " + (file == AppendOnlyFile.OFF ? "no" : "yes"))
                .setting("appendfsync everysec")
                .setting("maxmemory-policy noeviction")
                .build();
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-redis"));
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Which program it is, for whoever reads the figures. */
    public String program() {
        return installed.map(Path::toString).orElse("the one that comes along (built against musl, so slower)");
    }

    private static Optional<Path> installed() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("penstock-bench-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The second time, by the end of the process, it does nothing. */
    @Override
    public synchronized void close() {
        server.stop();
        removeData();
    }

    private void removeData() {
        if (!Files.exists(data)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(data)) {
            List<Path> filesFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : filesFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("files of Redis are left in " + data + ": " + e);
        }
    }
}
