package io.penstock.common.alert;

import java.util.Locale;

/** How bad it is. */
public enum Severity {
    /** Someone should look at it in working hours. */
    WARNING,
    /** Jobs are not served. */
    CRITICAL;

    /** As it is stored and sent. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Severity ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
