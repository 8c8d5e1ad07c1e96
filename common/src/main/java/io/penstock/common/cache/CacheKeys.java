package io.penstock.common.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;

/**
 * Builds every key of the caches: {@code {namespace}:{entity}:{identifier}[:{params}]}. Nothing else joins such names.
 *
 * <p>No text leaves its part: whatever is not a letter, a digit, {@code .}, {@code _} or {@code -} is written as its UTF-8
 * bytes, each as {@code %} and two hexadecimal digits. So a key has no blank, no line break, no brace (which would choose
 * the slot of a cluster) and no wildcard. A part that would be longer than {@link #MAX_PART} is cut and told apart by its
 * SHA-256 digest behind a {@code ~}, which no other part holds.
 */
public final class CacheKeys {

    /** Characters of one part of a key. Longer ones cost memory in every tier. */
    public static final int MAX_PART = 200;

    private static final int KEPT_OF_LONG_PART = 64;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Where processes tell one another what is no longer true. */
    public static final String CHANNEL = "cache:invalidations";

    private CacheKeys() {}

    /**
     * A key.
     *
     * @throws IllegalArgumentException where a part is empty
     */
    public static String key(String namespace, String entity, String identifier, String... params) {
        StringBuilder key = new StringBuilder(namespace.length() + entity.length() + identifier.length() + 16);
        appendPart(key, namespace);
        appendPart(key.append(':'), entity);
        appendPart(key.append(':'), identifier);
        for (String param : params) {
            appendPart(key.append(':'), param);
        }
        return key.toString();
    }

    public static String productBasic(String asin) {
        return key("product", "basic", asin);
    }

    /** {@code product:price:B08N5WRWNW:current}. */
    public static String productPrice(String asin) {
        return key("product", "price", asin, "current");
    }

    /**
     * {@code product:history:<id>:price:30d}.
     *
     * @param period such as {@code 30d} or {@code 1y}
     */
    public static String productPriceHistory(String id, String period) {
        return key("product", "history", id, "price", period);
    }

    public static String trackedByUser(String userId) {
        return key("user", "tracked", userId, "active");
    }

    public static String competitorAnalysis(String id) {
        return key("analysis", "competitor", id);
    }

    /** {@code analysis:optimization:<id of what is tracked>}. */
    public static String optimizationAnalysis(String id) {
        return key("analysis", "optimization", id);
    }

    /** {@code system:stats:daily:2026-01-15}. */
    public static String dailyStats(LocalDate day) {
        return key("system", "stats", "daily", day.toString());
    }

    /** Name of the limit on the calls of one caller: {@code rate_limit:<user>:api_calls:minute}. */
    public static String callsOfUser(String userId) {
        return key("rate_limit", userId, "api_calls", "minute");
    }

    /** Name of the limit on attempts to log in: {@code rate_limit:ip:<address>:login_attempts:hour}. */
    public static String logInsFromAddress(String address) {
        return key("rate_limit", "ip", address, "login_attempts", "hour");
    }

    /** Name of the limit on passwords and links tried from one address. */
    public static String passwordsFromAddress(String address) {
        return key("rate_limit", "ip", address, "passwords");
    }

    /** Name of the limit on passwords tried for one account. */
    public static String passwordsOfAccount(String account) {
        return key("rate_limit", "account", account, "passwords");
    }

    /** Something that lives for {@link Ttl#TEMP_DATA}. */
    public static String temporary(String entity, String identifier) {
        return key("temp", entity, identifier);
    }

    /**
     * String, expires: who loads an entry. Its hash tag is the whole key of the entry, so that both are in one slot of a
     * cluster.
     */
    public static String lock(String key) {
        return "cache:lock:{" + key + "}";
    }

    /** Set, expires: keys of the entries that carry a tag. */
    public static String tagged(String tag) {
        StringBuilder name = new StringBuilder("cache:tag:");
        appendPart(name, tag);
        return name.toString();
    }

    /** Sorted set, expires: the keys of a cache that were missed most, by how often. */
    public static String missed(String cache) {
        return "cache:missed:" + cache;
    }

    /** The tag of whatever is made of the entry with this key: goes when the entry does. */
    static String tagOf(String key) {
        return "key " + key;
    }

    private static void appendPart(StringBuilder to, String part) {
        if (part.isEmpty()) {
            throw new IllegalArgumentException("no part of a cache key may be empty");
        }
        int length = part.length();
        if (length <= MAX_PART) {
            int plain = 0;
            while (plain < length && isPlain(part.charAt(plain))) {
                plain++;
            }
            if (plain == length) {
                to.append(part);
                return;
            }
        }
        appendEscaped(to, part);
    }

    private static void appendEscaped(StringBuilder to, String part) {
        int begin = to.length();
        // Lone surrogates become '?' in UTF-8 and would meet one another: their digest is made of the characters.
        for (byte each : part.substring(0, Math.min(part.length(), MAX_PART)).getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xFF);
            if (isPlain(letter)) {
                to.append(letter);
            } else {
                to.append('%').append(HEX.toHexDigits(each));
            }
        }
        if (part.length() > MAX_PART || to.length() - begin > MAX_PART || hasLoneSurrogate(part)) {
            to.setLength(Math.min(to.length(), begin + KEPT_OF_LONG_PART));
            to.append('~').append(digest(part));
        }
    }

    private static boolean isPlain(char letter) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= '0' && letter <= '9')
                || (letter >= 'A' && letter <= 'Z')
                || letter == '-'
                || letter == '_'
                || letter == '.';
    }

    private static boolean hasLoneSurrogate(String part) {
        return part.codePoints()
                .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static String digest(String part) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(part.getBytes(StandardCharsets.UTF_16BE)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
