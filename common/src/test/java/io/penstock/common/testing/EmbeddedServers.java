package io.penstock.common.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.function.Supplier;
import redis.embedded.RedisServer;

/** One real Redis, one Redis Cluster and one real PostgreSQL for all tests of a JVM, started when first asked for, stopped with the JVM. */
public final class EmbeddedServers {

    private static final Supplier<RedisServer> REDIS = once(EmbeddedServers::startRedis);
    private static final Supplier<EmbeddedCluster> CLUSTER = once(() -> EmbeddedCluster.start(3));
    private static final Supplier<EmbeddedPostgres> POSTGRES = once(EmbeddedServers::startPostgres);

    private EmbeddedServers() {}

    public static String redisUrl() {
        return "redis://127.0.0.1:" + REDIS.get().ports().get(0);
    }

    /** A Redis Cluster of three masters, for tests that leave its slots where they are. */
    public static EmbeddedCluster cluster() {
        return CLUSTER.get();
    }

    /** host:port/database, to be put behind {@code jdbc:postgresql://} or {@code postgresql://}. */
    public static String postgresAddress() {
        return "127.0.0.1:" + POSTGRES.get().getPort() + "/postgres";
    }

    /** A Redis of its own for a test that stops, restarts or fills it. The caller stops it. */
    public static RedisServer startRedis() {
        return startRedis(freePort());
    }

    public static RedisServer startRedis(int port) {
        RedisServer server = RedisServer.builder()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("maxmemory-policy noeviction")
                .build();
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop-redis"));
        return server;
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A PostgreSQL of its own for a test that stops or restarts it: started again with the same arguments, it has the
     * data it had. The caller closes it and deletes the directory.
     */
    public static EmbeddedPostgres startPostgres(Path data, int port) {
        try {
            return EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setServerConfig("timezone", "UTC")
                    .setServerConfig("unix_socket_directories", "")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres startPostgres() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("timezone", "UTC")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "200")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "stop-postgres"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> Supplier<T> once(Supplier<T> start) {
        return new Supplier<>() {
            private T started;

            @Override
            public synchronized T get() {
                if (started == null) {
                    started = start.get();
                }
                return started;
            }
        };
    }
}
