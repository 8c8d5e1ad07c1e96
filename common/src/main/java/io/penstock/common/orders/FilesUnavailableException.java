package io.penstock.common.orders;

/** The object store cannot be used now. */
public final class FilesUnavailableException extends RuntimeException {

    /** @param message one sentence, safe to show to the caller */
    FilesUnavailableException(String message) {
        super(message, null, false, false);
    }

    /** One sentence, safe to show to the caller. */
    public String said() {
        return String.valueOf(getMessage());
    }
}
