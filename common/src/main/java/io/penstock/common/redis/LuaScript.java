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

    /** Reads {@code redis/<name>.lua}. */
    public static LuaScript load(String name) {
        try (InputStream in = LuaScript.class.getClassLoader().getResourceAsStream("redis/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("no script redis/" + name + ".lua on the class path");
            }
            String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new LuaScript(name, source, sha1Of(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This script with the source of another in place of the line {@code -- <name of the other>}. */
    public LuaScript enclosing(LuaScript inner) {
        String place = "-- <" + inner.name() + ">\n";
        if (!source.contains(place)) {
            throw new IllegalStateException("script " + name + " has no line " + place);
        }
        String joined = source.replace(place, inner.source());
        return new LuaScript(name, joined, sha1Of(joined));
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
