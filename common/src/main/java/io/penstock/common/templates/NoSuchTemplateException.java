package io.penstock.common.templates;

import java.util.UUID;

/** The tenant has no such template; whether another one has it is not told. */
public final class NoSuchTemplateException extends RuntimeException {

    public NoSuchTemplateException(UUID id) {
        super("there is no template " + id, null, false, false);
    }
}
