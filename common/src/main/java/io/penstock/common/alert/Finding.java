package io.penstock.common.alert;

/**
 * What somebody found out about a subject: that something is wrong with it, or that nothing is.
 *
 * @param subject what it is about, always worded the same, such as {@code queue/cleanup/waiting}
 * @param wrong false: all is well, which ends an alert that was raised
 * @param summary one sentence for people; never holds a secret or a payload. Cut at {@link #MAX_SUMMARY} characters
 */
public record Finding(String subject, Severity severity, boolean wrong, String summary) {

    public static final int MAX_SUBJECT = 200;
    public static final int MAX_SUMMARY = 1_000;

    public Finding {
        if (subject.isBlank() || subject.length() > MAX_SUBJECT) {
            throw new IllegalArgumentException("the subject of a finding has 1 to " + MAX_SUBJECT + " characters");
        }
        summary = plain(summary);
    }

    public static Finding wrong(String subject, Severity severity, String summary) {
        return new Finding(subject, severity, true, summary);
    }

    /** The severity of a recovery is that of its alert. */
    public static Finding well(String subject, String summary) {
        return new Finding(subject, Severity.WARNING, false, summary);
    }

    /** One line of bounded length: part of it may be a message from elsewhere, and it goes into the header of a mail. */
    private static String plain(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return line.length() <= MAX_SUMMARY ? line : line.substring(0, MAX_SUMMARY) + "…";
    }
}
