package io.penstock.common.templates;

import io.penstock.common.templates.bulk.Conflict;

/** A template is not written, because something stands against it. Rolls its transaction back; carries no stack. */
public final class TemplateRefusedException extends RuntimeException {

    private final transient Conflict conflict;

    public TemplateRefusedException(Conflict conflict) {
        super(conflict.what(), null, false, false);
        this.conflict = conflict;
    }

    public Conflict conflict() {
        return conflict;
    }
}
