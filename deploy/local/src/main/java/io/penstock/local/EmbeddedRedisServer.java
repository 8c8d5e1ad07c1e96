package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.ChildProcess.StopSignal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real Redis on loopback, set as Penstock wants it: append-only file synced each second, nothing ever evicted. */
final class EmbeddedRedisServer {

    static final String NAME = "redis";
    private static final Duration GRACE = Duration.ofSeconds(10);

    private EmbeddedRedisServer() {}

    static Command command(Path program, int port, Path data) {
        List<String> words = List.of(
                program.toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                data.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--daemonize",
                "no");
        return new Command(NAME, words, Map.of(), StopSignal.TERM, GRACE);
    }

    static String url(int port) {
        return "redis://127.0.0.1:" + port;
    }

    static String client(int port) {
        return "redis-cli -p " + port;
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
