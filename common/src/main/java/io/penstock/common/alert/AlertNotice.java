package io.penstock.common.alert;

import java.time.Instant;

/**
 * A change of state that people are to be told.
 *
 * @param id the same for every attempt to send it
 * @param raised false: the subject has recovered
 */
public record AlertNotice(
        long id, String subject, Severity severity, boolean raised, String summary, Instant noticedAt) {}
