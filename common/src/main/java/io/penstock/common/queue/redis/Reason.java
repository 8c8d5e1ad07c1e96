package io.penstock.common.queue.redis;

/** Failure reasons as one line of a record: line breaks are escaped, length is bounded. */
final class Reason {

    /** Enough for a message and the top of a stack trace; dead jobs must not fill Redis with prose. */
    private static final int MAX_LENGTH = 4_000;

    private Reason() {}

    static String toLine(String reason) {
        String bounded = reason.length() <= MAX_LENGTH ? reason : reason.substring(0, MAX_LENGTH) + "…";
        return bounded.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n");
    }

    static String fromLine(String line) {
        StringBuilder text = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                i++;
                text.append(line.charAt(i) == 'n' ? '\n' : line.charAt(i));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
