package io.penstock.api.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a key: what is stored and compared instead of the key.
 *
 * <p>A fast hash is right here. Slow hashes (bcrypt, Argon2) make guessing expensive, which passwords need because
 * people choose them from a small set. Our keys carry 256 random bits: no number of guesses per second finds one, so a
 * slow hash would add nothing but load to every request, and a way to exhaust the server with wrong keys. The same holds
 * for salt: it defends against tables of likely inputs, and there are none.
 */
final class KeyHash {

    private final byte[] bytes;

    private KeyHash(byte[] bytes) {
        this.bytes = bytes;
    }

    static KeyHash of(String key) {
        try {
            return new KeyHash(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static KeyHash stored(byte[] bytes) {
        return new KeyHash(bytes.clone());
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** In a time that does not depend on where the two differ. */
    boolean matches(KeyHash other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    /** Names the key in a cache without holding it. */
    String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "KeyHash";
    }
}
