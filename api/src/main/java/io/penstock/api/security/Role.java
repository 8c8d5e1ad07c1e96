package io.penstock.api.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a key may do. The names are constants, so that annotations can use them. */
public enum Role {
    VIEWER,
    OPERATOR,
    ADMIN,
    /** The cron secret's role. No stored key can have it. */
    CRON;

    /** Reading anything but secrets. */
    public static final String VIEW = "viewer";
    /** Acting on jobs and queues. */
    public static final String OPERATE = "operator";
    /** Managing keys. */
    public static final String ADMINISTER = "admin";
    /** Starting what a cron service may start. */
    public static final String TRIGGER = "cron";

    /** The role names a holder satisfies: an admin is an operator and a viewer too. */
    public Set<String> grants() {
        return switch (this) {
            case VIEWER -> Set.of(VIEW);
            case OPERATOR -> Set.of(VIEW, OPERATE, TRIGGER);
            case ADMIN -> Set.of(VIEW, OPERATE, TRIGGER, ADMINISTER);
            case CRON -> Set.of(TRIGGER);
        };
    }

    /** As it is written in requests, answers and the table. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A role that a stored key can have. */
    public static Optional<Role> ofKey(String text) {
        return Arrays.stream(values())
                .filter(role -> role != CRON && role.text().equals(text))
                .findFirst();
    }
}
