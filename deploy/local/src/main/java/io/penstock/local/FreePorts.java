package io.penstock.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds free TCP ports on loopback. They come at random from a range below the one from which the system serves
 * outgoing connections, so that nobody else is likely to take a port between finding and binding it, a second copy of
 * the launcher included.
 */
final class FreePorts {

    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int TRIES = 1_000;

    private final Set<Integer> given = new HashSet<>();

    synchronized int next() {
        for (int tries = 0; tries < TRIES; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && given.add(port)) {
                return port;
            }
        }
        throw new LaunchException("No free port between %d and %d".formatted(FIRST, END));
    }

    /** The port itself when it is free, else any free one. */
    synchronized int preferring(int port) {
        return isFree(port) && given.add(port) ? port : next();
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
