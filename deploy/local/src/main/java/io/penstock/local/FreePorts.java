package io.penstock.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Finds free TCP ports on loopback. Between finding a port and its server's binding it seconds may pass, in which
 * nobody else should take it:
 *
 * <ul>
 *   <li>a port given out is reserved, until this is closed, by listening on the same port of {@value #RESERVE}, another
 *       loopback address, where a second copy of the launcher looks as well;
 *   <li>ports come at random from a range below the one that the system uses for outgoing connections.
 * </ul>
 */
final class FreePorts implements AutoCloseable {

    private static final String RESERVE = "127.0.0.80";
    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int TRIES = 1_000;

    private final Map<Integer, ServerSocket> reserved = new HashMap<>();

    synchronized int next() {
        for (int tries = 0; tries < TRIES; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (take(port)) {
                return port;
            }
        }
        throw new LaunchException("No free port between %d and %d".formatted(FIRST, END));
    }

    /** The port itself when it is free, else any free one. */
    synchronized int preferring(int port) {
        return take(port) ? port : next();
    }

    /** Whether the port is now the caller's to use. */
    synchronized boolean take(int port) {
        if (!isFree(port)) {
            return false;
        }
        ServerSocket reservation = listen(RESERVE, port);
        if (reservation == null) {
            return false;
        }
        reserved.put(port, reservation);
        return true;
    }

    @Override
    public synchronized void close() throws IOException {
        for (ServerSocket reservation : reserved.values()) {
            reservation.close();
        }
        reserved.clear();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = listen("127.0.0.1", port)) {
            return socket != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Null: somebody listens there. */
    private static @Nullable ServerSocket listen(String address, int port) {
        try {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1);
                return socket;
            } catch (IOException taken) {
                socket.close();
                return null;
            }
        } catch (IOException e) {
            return null;
        }
    }
}
