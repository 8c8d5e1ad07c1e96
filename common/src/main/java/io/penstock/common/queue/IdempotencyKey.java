package io.penstock.common.queue;

import io.penstock.common.job.InvalidJobException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The name a producer gives to one enqueue call, so that it can repeat the call when it does not know whether the first
 * one was accepted. A repetition is answered as the first call was and adds nothing, also when the jobs have ended.
 *
 * @param scope whose key it is: equal values of different scopes have nothing to do with each other; empty: the
 *     deployment's own code
 * @param value 1 to {@link #MAX_LENGTH} visible ASCII characters without blanks, else {@link InvalidJobException}
 */
public record IdempotencyKey(String scope, String value) {

    public static final int MAX_LENGTH = 255;

    /** The field that errors name. */
    public static final String FIELD = "idempotencyKey";

    private static final Pattern ALLOWED = Pattern.compile("[!-~]{1," + MAX_LENGTH + "}");

    public IdempotencyKey {
        if (!ALLOWED.matcher(value).matches()) {
            throw new InvalidJobException(
                    FIELD, "must be 1 to " + MAX_LENGTH + " visible ASCII characters without blanks");
        }
    }

    /** A key of the deployment's own code. */
    public static IdempotencyKey of(String value) {
        return new IdempotencyKey("", value);
    }

    /** What is stored in place of the key: says nothing about it, and holds nothing that could leave a key of Redis. */
    public String digest() {
        return digest(List.of(scope, value));
    }

    /**
     * 128 bits of SHA-256 over texts, each with its length before it, as 22 characters.
     *
     * <p>Stored: it must never change, or repetitions across a deploy are taken for other calls.
     */
    public static String digest(List<String> texts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                sha.update(bytes);
            }
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(sha.digest())
                    .substring(0, 22);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
