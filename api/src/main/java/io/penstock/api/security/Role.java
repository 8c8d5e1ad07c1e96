package io.penstock.api.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a key may do. The names are constants, so that annotations can use them. */
public enum Role {
    VIEWER(Set.of(Role.VIEW)),
    OPERATOR(Set.of(Role.VIEW, Role.OPERATE, Role.TRIGGER)),
    ADMIN(Set.of(Role.VIEW, Role.OPERATE, Role.TRIGGER, Role.ADMINISTER)),
    /** The cron secret's role. No stored key can have it. */
    CRON(Set.of(Role.TRIGGER));

    /** Reading anything but secrets. */
    public static final String VIEW = "viewer";
    /** Acting on jobs and queues. */
    public static final String OPERATE = "operator";
    /** Managing keys. */
    public static final String ADMINISTER = "admin";
    /** Starting what a cron service may start. */
    public static final String TRIGGER = "cron";

    private final Set<String> grants;

    Role(Set<String> grants) {
        this.grants = grants;
    }

    /** The role names a holder satisfies: an admin is an operator and a viewer too. */
    public Set<String> grants() {
        return grants;
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
