package io.penstock.cli;

/** What a script can tell by the exit code. 2 is picocli's: the command line makes no sense. */
final class ExitCode {

    static final int OK = 0;
    /** The API refused. */
    static final int REFUSED = 1;
    /** No valid key, or one that may not do this. */
    static final int NOT_ALLOWED = 3;

    static final int NOT_FOUND = 4;
    /** The API, or what it needs, does not answer. */
    static final int UNAVAILABLE = 5;

    private ExitCode() {}

    static int ofStatus(int status) {
        if (status < 400) {
            return OK;
        }
        return switch (status) {
            case 401, 403 -> NOT_ALLOWED;
            case 404, 410 -> NOT_FOUND;
            default -> status >= 500 || status == 429 ? UNAVAILABLE : REFUSED;
        };
    }
}
