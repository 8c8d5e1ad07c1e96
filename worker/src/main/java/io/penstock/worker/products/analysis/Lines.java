package io.penstock.worker.products.analysis;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes one bounded line without links of what others wrote: it goes into mails, webhooks and pages. */
final class Lines {

    /** Controls, marks that turn the direction of text, what is invisible, and halves of characters. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cs}]+");

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern LINK = Pattern.compile(
            "(?:[a-z][a-z0-9+.-]{1,15}://|www\\.|mailto:|javascript:)[^\\s<>\"']*", Pattern.CASE_INSENSITIVE);
    private static final String IN_PLACE_OF_A_LINK = "[link]";

    private Lines() {}

    static String line(@Nullable String text, int most) {
        if (text == null) {
            return "";
        }
        // What is cut off anyway is not looked at.
        String some = text.length() > most * 4 ? text.substring(0, most * 4) : text;
        String line = BLANKS.matcher(UNSEEN.matcher(some).replaceAll(" "))
                .replaceAll(" ")
                .strip();
        String plain = LINK.matcher(line).replaceAll(IN_PLACE_OF_A_LINK);
        if (plain.length() <= most) {
            return plain;
        }
        int end = Character.isHighSurrogate(plain.charAt(most - 2)) ? most - 2 : most - 1;
        return plain.substring(0, end) + "…";
    }
}
