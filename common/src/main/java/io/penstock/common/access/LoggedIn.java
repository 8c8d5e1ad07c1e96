package io.penstock.common.access;

import java.util.regex.Pattern;

/**
 * Whose session it is, as it was known when the session began.
 *
 * @param subject what sessions are ended by: a user's id, or {@link #ENVIRONMENT}
 * @param name what people call the holder
 * @param role as it is written in requests
 * @param credential what the log-in rested on, such as the version of the user's row. A session of another credential than
 *     today's is none
 */
public record LoggedIn(String subject, String name, String role, String credential) {

    /** The subject of sessions that the environment's admin key began. */
    public static final String ENVIRONMENT = "environment";

    private static final Pattern SUBJECT = Pattern.compile("[0-9a-f-]{36}|" + ENVIRONMENT);
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public LoggedIn {
        if (!isSubject(subject)
                || !WORD.matcher(role).matches()
                || !WORD.matcher(credential).matches()) {
            throw new IllegalArgumentException("not a subject, role or credential of a session");
        }
    }

    /** Whether a text can be a subject. It becomes part of a key in Redis. */
    public static boolean isSubject(String text) {
        return SUBJECT.matcher(text).matches();
    }
}
