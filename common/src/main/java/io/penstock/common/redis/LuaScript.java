package io.penstock.common.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script from {@code resources/redis}. Its head says what it does, what it takes and what it answers.
 *
 * @param sha1 the name Redis gives it in its script cache
 */
public record LuaScript(String name, String source, String sha1) {

    /** Reads {@code redis/<name>.lua} and puts each {@code redis/parts/<part>.lua} before it. */
    public static LuaScript load(String name, String... parts) {
        StringBuilder source = new StringBuilder();
        for (String part : parts) {
            source.append(read("parts/" + part));
        }
        return of(name, source + read(name));
    }

    private static LuaScript of(String name, String source) {
        return new LuaScript(name, source, sha1Of(source));
    }

    private static String read(String name) {
        try (InputStream in = LuaScript.class.getClassLoader().getResourceAsStream("redis/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("no script redis/" + name + ".lua on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This script with the source of another in place of its line {@code -- <script>}. */
    public LuaScript enclosing(LuaScript inner) {
        String place = "-- <script>\n";
        if (!source.contains(place)) {
            throw new IllegalStateException("script " + name + " has no line " + place);
        }
        return of(name + "-" + inner.name(), source.replace(place, inner.source()));
    }

    private static String sha1Of(String source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }
}
