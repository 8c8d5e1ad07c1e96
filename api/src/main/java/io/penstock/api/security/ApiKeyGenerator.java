package io.penstock.api.security;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes new keys: 256 random bits behind a prefix by which scanners recognise a key that leaked. */
final class ApiKeyGenerator {

    static final String PREFIX = "psk_";
    private static final int RANDOM_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    String newKey() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
