package io.penstock.common.batch;

import java.util.UUID;

/** No batch has this id. */
public final class NoSuchBatchException extends RuntimeException {

    public NoSuchBatchException(UUID id) {
        super("no batch has the id " + id);
    }
}
