package io.penstock.common.page;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A place in a list: the key of the last row of a page, behind which the next page begins. Callers get it as a text without meaning to
 * them; one that was given out for another list or for other filters, was changed on the way, or comes from a release that wrote
 * places differently is refused with {@link InvalidCursorException}. The sum in it finds mistakes, not forgers: what a place says is
 * read as strictly as any parameter, and leads to nothing that a filter could not ask for.
 *
 * @param parts the key, part by part
 */
public record PageCursor(List<String> parts) {

    private static final String VERSION = "2";
    private static final int MAX_LENGTH = 4_000;
    private static final int SUM = 8;

    public PageCursor {
        parts = List.copyOf(parts);
    }

    /** A place whose parts are written as {@link #number}, {@link #time}, {@link #uuid} and {@link #text} read them. */
    public static PageCursor of(Object... parts) {
        List<String> written = new ArrayList<>(parts.length);
        for (Object part : parts) {
            written.add(part instanceof Instant time ? micros(time) : part.toString());
        }
        return new PageCursor(written);
    }

    /**
     * The text for callers.
     *
     * @param list which list it is a place of
     * @param question the filters of the list, equal for equal questions as text
     */
    public String encode(String list, Object question) {
        StringBuilder text = new StringBuilder(VERSION).append(' ').append(sum(list + '\n' + question));
        // With their lengths, so that a part may hold anything.
        parts.forEach(part -> text.append(' ').append(part.length()).append(':').append(part));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((sum(text.toString()) + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Fails with {@link InvalidCursorException} on anything that {@link #encode} did not write for this list and question. */
    public static PageCursor decode(String cursor, String list, Object question) {
        if (cursor.length() > MAX_LENGTH) {
            throw InvalidCursorException.notOurs();
        }
        String whole = decoded(cursor);
        if (whole.length() < SUM || !whole.startsWith(sum(whole.substring(SUM)))) {
            throw InvalidCursorException.notOurs();
        }
        String text = whole.substring(SUM);
        String head = VERSION + ' ';
        int rest = head.length() + SUM;
        if (!text.startsWith(head) || text.length() < rest) {
            throw InvalidCursorException.notOurs();
        }
        if (!text.substring(head.length(), rest).equals(sum(list + '\n' + question))) {
            throw new InvalidCursorException(
                    "belongs to another question: ask with the same filters as for the page before");
        }
        return new PageCursor(parts(text, rest));
    }

    private static String decoded(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw InvalidCursorException.notOurs();
        }
    }

    private static List<String> parts(String text, int from) {
        List<String> parts = new ArrayList<>();
        int at = from;
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            if (text.charAt(at) != ' ' || colon < 0) {
                throw InvalidCursorException.notOurs();
            }
            int length = (int) whole(text.substring(at + 1, colon));
            if (length < 0 || length > text.length() - colon - 1) {
                throw InvalidCursorException.notOurs();
            }
            at = colon + 1 + length;
            parts.add(text.substring(colon + 1, at));
        }
        return parts;
    }

    /** The part as it was written. Fails with {@link InvalidCursorException} where there is none. */
    public String text(int part) {
        if (part >= parts.size() || parts.get(part).indexOf('\0') >= 0) {
            throw InvalidCursorException.notOurs();
        }
        return parts.get(part);
    }

    /** Fails as {@link #text} where the part is no number. */
    public long number(int part) {
        return whole(text(part));
    }

    /** With the microseconds that it had when it was written. Fails as {@link #text} where the part is no time. */
    public Instant time(int part) {
        try {
            return Instant.EPOCH.plus(number(part), ChronoUnit.MICROS);
        } catch (DateTimeException | ArithmeticException e) {
            throw InvalidCursorException.notOurs();
        }
    }

    /** Fails as {@link #text} where the part is no UUID. */
    public UUID uuid(int part) {
        try {
            return UUID.fromString(text(part));
        } catch (InvalidCursorException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw InvalidCursorException.notOurs();
        }
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw InvalidCursorException.notOurs();
        }
    }

    private static String micros(Instant time) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    private static String sum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
