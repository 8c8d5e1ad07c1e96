package io.penstock.common.history;

import org.jspecify.annotations.Nullable;

/**
 * Makes texts from anywhere fit for PostgreSQL: it takes neither NUL characters nor halves of surrogate pairs, in
 * {@code jsonb} not even when they are escaped. Each is replaced by U+FFFD, the sign for a character that was lost.
 */
public final class StorableText {

    private static final char LOST = '\uFFFD';
    private static final String LOST_ESCAPED = "\\ufffd";
    /** A backslash, a {@code u} and four digits. */
    private static final int ESCAPE = 6;

    private StorableText() {}

    /** The first {@code limit} characters at most; a pair is not cut in half. */
    public static String text(String raw, int limit) {
        String cut = raw.length() <= limit ? raw : raw.substring(0, endOfWhole(raw, limit));
        return firstOdd(cut) < 0 ? cut : repaired(cut);
    }

    /** JSON text that {@code jsonb} takes; null where it is longer than {@code limit}: half a document is none. */
    public static @Nullable String json(String raw, int limit) {
        if (raw.length() > limit) {
            return null;
        }
        String plain = firstOdd(raw) < 0 ? raw : repaired(raw);
        return plain.contains("\\u") ? withoutOddEscapes(plain) : plain;
    }

    private static int endOfWhole(String text, int limit) {
        return limit > 0 && Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    private static int firstOdd(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }

    private static String repaired(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                repaired.append(c).append(text.charAt(++i));
            } else {
                repaired.append(c == 0 || Character.isSurrogate(c) ? LOST : c);
            }
        }
        return repaired.toString();
    }

    private static String withoutOddEscapes(String json) {
        StringBuilder repaired = new StringBuilder(json.length());
        int i = 0;
        while (i < json.length()) {
            if (json.charAt(i) != '\\') {
                repaired.append(json.charAt(i++));
                continue;
            }
            int code = escapedAt(json, i);
            if (code < 0) {
                // Another escape, such as \\ or \n: both characters belong together.
                int end = Math.min(i + 2, json.length());
                repaired.append(json, i, end);
                i = end;
            } else if (Character.isHighSurrogate((char) code) && isLow(escapedAt(json, i + ESCAPE))) {
                repaired.append(json, i, i + 2 * ESCAPE);
                i += 2 * ESCAPE;
            } else {
                boolean odd = code == 0 || Character.isSurrogate((char) code);
                repaired.append(odd ? LOST_ESCAPED : json.substring(i, i + ESCAPE));
                i += ESCAPE;
            }
        }
        return repaired.toString();
    }

    private static boolean isLow(int code) {
        return code >= 0 && Character.isLowSurrogate((char) code);
    }

    /** The character that is escaped by its number at this place; -1: none. */
    private static int escapedAt(String json, int at) {
        if (at + ESCAPE > json.length() || json.charAt(at) != '\\' || json.charAt(at + 1) != 'u') {
            return -1;
        }
        int code = 0;
        for (int i = at + 2; i < at + ESCAPE; i++) {
            int digit = Character.digit(json.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            code = code * 16 + digit;
        }
        return code;
    }
}
