package io.penstock.common.queue;

/** Text that is stored as it is: UTF-8 has no form for half of a surrogate pair, and would hold a question mark instead. */
public final class WholeText {

    private static final char LOST = '\uFFFD';

    private WholeText() {}

    /** True when every surrogate has its other half. */
    public static boolean isWhole(String text) {
        return firstHalf(text) < 0;
    }

    /** The text with U+FFFD, the sign for a character that was lost, in place of each half; the same text when it is whole. */
    public static String repaired(String text) {
        int half = firstHalf(text);
        if (half < 0) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text);
        for (int i = half; i < repaired.length(); i++) {
            if (isHalf(repaired, i)) {
                repaired.setCharAt(i, LOST);
            }
        }
        return repaired.toString();
    }

    private static int firstHalf(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isHalf(CharSequence text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
