package io.penstock.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Takes webhooks as a user's own program would: checks the signature, and knows by its delivery id what it has already. Every seventh call is
 * answered 503, so that it can be seen to come again.
 */
final class HookCatcher implements AutoCloseable {

    private static final int ONE_IN_FAILS = 7;
    private static final int MOST_BODY = 1_000_000;

    private final String secret;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "hook-catcher");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger unsigned = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    HookCatcher(int port, String secret) {
        this.secret = secret;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new LaunchException("The receiver of webhooks could not be started: " + e.getMessage(), e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    /** Different ones that were taken. */
    int caught() {
        return taken.size();
    }

    /** Those that came once more after they had been taken. */
    int cameAgain() {
        return again.get();
    }

    /** Those that were not signed as they should be. */
    int unsigned() {
        return unsigned.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readNBytes(MOST_BODY), StandardCharsets.UTF_8);
        String timestamp = exchange.getRequestHeaders().getFirst("X-Penstock-Timestamp");
        String signature = exchange.getRequestHeaders().getFirst("X-Penstock-Signature");
        String delivery = exchange.getRequestHeaders().getFirst("X-Penstock-Delivery");
        int status;
        if (signature == null || delivery == null || !isSame(signature, "sha256=" + hmac(timestamp + "." + body))) {
            unsigned.incrementAndGet();
            status = 401;
        } else if (calls.incrementAndGet() % ONE_IN_FAILS == 0) {
            status = 503;
        } else {
            if (!taken.add(delivery)) {
                again.incrementAndGet();
            }
            status = 204;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private String hmac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
