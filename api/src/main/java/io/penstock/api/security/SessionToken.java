package io.penstock.api.security;

import io.penstock.common.access.LoggedIn;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What the cookie of a session holds: {@code 1.<subject>.<256 random bits>}. The subject tells where to look; only the digest of the
 * whole is stored.
 *
 * <p>From the token follows the CSRF token of its session: whoever can read that can only have it from an answer of ours, which a page of
 * another origin cannot read.
 */
final class SessionToken {

    private static final String VERSION = "1";
    private static final int RANDOM_BYTES = 32;
    private static final int RANDOM_CHARACTERS = 43;
    private static final int MAX_LENGTH = 120;

    private final String subject;
    private final String text;

    private SessionToken(String subject, String text) {
        this.subject = subject;
        this.text = text;
    }

    static SessionToken forSubject(String subject) {
        return new SessionToken(subject, VERSION + "." + subject + "." + randomText());
    }

    /** Empty: the text was not made here. */
    static Optional<SessionToken> parse(String cookie) {
        if (cookie.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String[] parts = cookie.split("\\.", -1);
        return parts.length == 3
                        && parts[0].equals(VERSION)
                        && LoggedIn.isSubject(parts[1])
                        && parts[2].length() == RANDOM_CHARACTERS
                ? Optional.of(new SessionToken(parts[1], cookie))
                : Optional.empty();
    }

    String subject() {
        return subject;
    }

    /** The cookie's value. */
    String text() {
        return text;
    }

    String digest() {
        return KeyHash.of(text).hex();
    }

    String csrfToken() {
        return KeyHash.of("csrf " + text).hex();
    }

    /** In a time that does not depend on where the two differ. */
    boolean hasCsrfToken(String shown) {
        return MessageDigest.isEqual(
                csrfToken().getBytes(StandardCharsets.US_ASCII), shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "SessionToken";
    }

    /** 256 random bits. */
    static String randomText() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
