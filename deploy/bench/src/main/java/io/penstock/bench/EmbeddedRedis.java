package io.penstock.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import redis.embedded.RedisServer;

/** A real Redis on loopback for the time of the measurement. What it writes to disk goes with it. */
public final class EmbeddedRedis implements AutoCloseable {

    private final RedisServer server;
    private final Path data;
    private final int port = freePort();

    /** Without persistence. */
    EmbeddedRedis() {
        this(AppendOnlyFile.OFF);
    }

    public EmbeddedRedis(AppendOnlyFile file) {
        data = newDirectory();
        server = RedisServer.builder()
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

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
