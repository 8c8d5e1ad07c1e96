package io.penstock.common.schedule;

/** No schedule has this id, or it was deleted. */
public final class UnknownTaskException extends RuntimeException {

    public UnknownTaskException(String id) {
        super("no schedule has the id '" + id + "'");
    }
}
