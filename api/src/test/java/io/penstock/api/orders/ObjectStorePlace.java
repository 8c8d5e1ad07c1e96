package io.penstock.api.orders;

import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.ObjectStoreServer;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Tells the application, which starts once for all tests, where an object store would be. One is there while a test of files
 * runs, and nobody otherwise. A resource of that test would start another application.
 */
public final class ObjectStorePlace implements ConfigSource {

    static final String ENDPOINT = "penstock.orders.files.endpoint";

    /** Shared by the class loaders of tests and application. */
    private static final String PORT = "penstock.tests.object-store-port";

    private final Map<String, String> settings = Map.of(
            ENDPOINT,
            "http://127.0.0.1:" + port(),
            "penstock.orders.files.access-key",
            ObjectStoreServer.ACCESS_KEY,
            "penstock.orders.files.secret-key",
            ObjectStoreServer.SECRET_KEY,
            "penstock.orders.files.max-size",
            "100K",
            // A store that is away is asked a few times; the others must not be kept from one that is back.
            "penstock.upstream.\"object-store\".breaker.ratio",
            "1.0",
            "penstock.upstream.\"object-store\".breaker.open-time",
            "100ms");

    static synchronized int port() {
        String known = System.getProperty(PORT);
        if (known == null) {
            known = Integer.toString(EmbeddedServers.freePort());
            System.setProperty(PORT, known);
        }
        return Integer.parseInt(known);
    }

    @Override
    public Set<String> getPropertyNames() {
        return settings.keySet();
    }

    @Override
    public String getValue(String name) {
        return settings.get(name);
    }

    @Override
    public String getName() {
        return "place of the object store of the tests";
    }

    @Override
    public int getOrdinal() {
        // Above what the library ships.
        return 300;
    }
}
