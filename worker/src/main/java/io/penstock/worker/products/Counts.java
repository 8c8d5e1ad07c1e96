package io.penstock.worker.products;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers that are no amounts of money: how many reviews, how many stars. */
final class Counts {

    private static final Pattern PLAIN = Pattern.compile("\\d{1,9}");
    private static final Pattern GROUPED =
            Pattern.compile("\\d{1,3}(?:([.,' \\u00A0\\u202F])\\d{3})(?:\\1\\d{3}){0,2}");
    private static final Pattern LEADING = Pattern.compile("\\(?(\\d(?:[\\d.,'\\u00A0\\u202F]*\\d)?)\\)?(?:\\s+\\D*)?");
    private static final Pattern STARS = Pattern.compile("([0-5](?:[.,]\\d{1,2})?)(?:\\s+\\S.*)?");
    /** The Japanese say how many there could be first. */
    private static final Pattern OUT_OF = Pattern.compile("5つ星のうち\\s*([0-5](?:[.,]\\d{1,2})?)");

    private static final BigDecimal MOST_STARS = BigDecimal.valueOf(5);
    private static final int MOST_CHARACTERS = 80;

    private Counts() {}

    /** Digits, in groups of three or not. */
    static Optional<Integer> whole(String text) {
        if (!PLAIN.matcher(text).matches() && !GROUPED.matcher(text).matches()) {
            return Optional.empty();
        }
        String digits = text.replaceAll("\\D", "");
        return digits.length() <= 9 ? Optional.of(Integer.valueOf(digits)) : Optional.empty();
    }

    /** As {@link #whole}, with words behind it: {@code 1,234 ratings}. */
    static Optional<Integer> count(String text) {
        Matcher leading = LEADING.matcher(text);
        return text.length() <= MOST_CHARACTERS && leading.matches() ? whole(leading.group(1)) : Optional.empty();
    }

    /** {@code 4.4 out of 5 stars}, {@code 4,4 von 5 Sternen}. */
    static Optional<BigDecimal> stars(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        Matcher stars = STARS.matcher(text);
        Matcher outOf = OUT_OF.matcher(text);
        String number = outOf.matches() ? outOf.group(1) : stars.matches() ? stars.group(1) : null;
        return Optional.ofNullable(number)
                .map(digits -> new BigDecimal(digits.replace(',', '.')))
                .filter(Counts::isRating);
    }

    static boolean isRating(BigDecimal stars) {
        return stars.signum() >= 0 && stars.compareTo(MOST_STARS) <= 0;
    }
}
