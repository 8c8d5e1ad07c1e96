package io.penstock.api.console;

import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the console, held in memory. They are named in {@code console/assets.txt}, because a native image cannot list
 * its resources; those of {@link ConsolePage}s are added. All are served under one version, the hash of their contents: a
 * browser may keep them for ever, and a new release is a new address.
 */
@ApplicationScoped
class ConsoleAssets {

    private static final String ROOT = "console/";
    private static final String LIST = ROOT + "assets.txt";
    private static final String ICONS = ROOT + "icons.svg";
    private static final int VERSION_LENGTH = 12;
    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /** A file, as it is and compressed. */
    record Asset(String type, Buffer plain, Buffer gzipped) {}

    private final Map<String, Asset> byName = new TreeMap<>();
    private final List<String> preloaded = new ArrayList<>();
    private final String version;

    @Inject
    ConsoleAssets(Instance<ConsolePage> pages) {
        this((Iterable<ConsolePage>) pages);
    }

    ConsoleAssets(Iterable<? extends ConsolePage> pages) {
        for (String line : text(LIST).lines().toList()) {
            if (!line.isBlank() && line.charAt(0) != '#') {
                int end = line.indexOf(' ');
                String name = end < 0 ? line : line.substring(0, end);
                add(name, end < 0 ? ROOT + name : line.substring(end + 1));
                if (name.endsWith(".js")) {
                    preloaded.add(name);
                }
            }
        }
        for (ConsolePage page : pages) {
            add(page.module(), ROOT + page.module());
            page.assets().forEach(asset -> add(asset, ROOT + asset));
        }
        version = hash();
    }

    Optional<Asset> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Changes whenever one of the files does. */
    String version() {
        return version;
    }

    /** The modules that every screen needs: named in the page, so that a browser asks for all at once. */
    List<String> preloaded() {
        return preloaded;
    }

    /** The drawings that the page carries in itself. */
    String icons() {
        return text(ICONS);
    }

    private void add(String name, String place) {
        byte[] plain = bytes(place);
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalStateException(name + ": assets of the console end in .js, .css or .svg");
        }
        byName.put(name, new Asset(type, Buffer.buffer(plain), Buffer.buffer(gzip(plain))));
    }

    private String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byName.forEach((name, asset) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(asset.plain().getBytes());
            });
            return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String text(String place) {
        return new String(bytes(place), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String place) {
        try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(place)) {
            if (in == null) {
                throw new IllegalStateException("The console lacks " + place);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("The console cannot read " + place, e);
        }
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 3);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
