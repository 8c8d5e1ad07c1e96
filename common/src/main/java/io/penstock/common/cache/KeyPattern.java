package io.penstock.common.cache;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which keys of the caches are meant: a key with {@code *} for any text and {@code ?} for one character. It names its
 * namespace, so that nobody empties everything by mistake; and it can only name one that holds cached values, so that
 * it never reaches jobs, locks or limits in the same Redis.
 */
public record KeyPattern(String text) {

    public static final int MAX_LENGTH = 1_000;

    /** Namespaces whose keys can all be made again. */
    public static final Set<String> NAMESPACES =
            Set.of("product", "user", "analysis", "system", "temp", "api", "search", "history");

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]+:[A-Za-z0-9._%~:*?-]+");

    /** @throws IllegalArgumentException says what is wrong with it, for the caller */
    public KeyPattern {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("must have at most " + MAX_LENGTH + " characters");
        }
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be a namespace without wildcards, ':' and a key with '*' or '?', such as product:price:*");
        }
        String namespace = text.substring(0, text.indexOf(':'));
        if (!NAMESPACES.contains(namespace)) {
            throw new IllegalArgumentException("must begin with one of "
                    + NAMESPACES.stream().sorted().map(name -> name + ":").toList());
        }
    }

    public boolean matches(String key) {
        return matches(text, 0, key, 0);
    }

    /** Goes back to the last star only: no pattern takes more than its length times that of the key. */
    private static boolean matches(String pattern, int fromPattern, String key, int fromKey) {
        int p = fromPattern;
        int k = fromKey;
        int star = -1;
        int starKey = 0;
        while (k < key.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starKey = k;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == key.charAt(k))) {
                p++;
                k++;
            } else if (star >= 0) {
                p = star + 1;
                k = ++starKey;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
