package io.penstock.worker.offers;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long ago the last conversion was, in the feed's words: {@code 51min}, {@code 6h18min}, {@code 1d}, {@code 3 weeks}, {@code 1m30s},
 * {@code < 1m}, {@code just now}, or a bare number of minutes.
 */
final class LastConversion {

    private static final Set<String> NOW = Set.of("now", "just now");
    private static final Pattern UNDER_A_MINUTE = Pattern.compile("<\\s*1\\s*(m|min|mins|minute)");
    private static final Pattern MINUTES = Pattern.compile("\\d{1,7}");
    private static final Pattern PARTS = Pattern.compile("(?:(\\d{1,4})\\s*(?:w|wk|wks|week|weeks))?"
            + "\\s*(?:(\\d{1,5})\\s*(?:d|day|days))?"
            + "\\s*(?:(\\d{1,6})\\s*(?:h|hr|hrs|hour|hours))?"
            + "\\s*(?:(\\d{1,7})\\s*(?:m|min|mins|minute|minutes))?"
            + "\\s*(?:(\\d{1,9})\\s*(?:s|sec|secs|second|seconds))?");

    private static final int[] SECONDS_PER_PART = {604_800, 86_400, 3_600, 60, 1};
    /** Thirty years: nothing converts after that, and the sum stays an int. */
    private static final long MAX_SECONDS = 30L * 366 * 86_400;

    private LastConversion() {}

    /** Seconds since the last conversion. */
    static Integer seconds(String text) throws UnreadableFieldException {
        String words = text.strip().toLowerCase(Locale.ROOT);
        if (NOW.contains(words) || UNDER_A_MINUTE.matcher(words).matches()) {
            return 0;
        }
        if (MINUTES.matcher(words).matches()) {
            return bounded(Long.parseLong(words) * 60);
        }
        return bounded(sum(words));
    }

    private static long sum(String words) throws UnreadableFieldException {
        Matcher parts = PARTS.matcher(words);
        if (!parts.matches()) {
            throw unreadable();
        }
        long sum = 0;
        for (int part = 0; part < SECONDS_PER_PART.length; part++) {
            String number = parts.group(part + 1);
            sum += number == null ? 0 : Long.parseLong(number) * SECONDS_PER_PART[part];
        }
        return sum;
    }

    private static int bounded(long seconds) throws UnreadableFieldException {
        if (seconds > MAX_SECONDS) {
            throw unreadable();
        }
        return (int) seconds;
    }

    private static UnreadableFieldException unreadable() {
        return new UnreadableFieldException();
    }
}
