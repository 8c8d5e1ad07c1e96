package io.penstock.common.alert;

import java.time.Instant;

/**
 * The state of one subject.
 *
 * @param raised false: it has recovered
 * @param summary of the latest change
 * @param raisedAt when it was raised last
 * @param changedAt when it was raised or recovered last
 * @param timesRaised how often it was raised since it is known
 */
public record Alert(
        String subject,
        Severity severity,
        boolean raised,
        String summary,
        Instant raisedAt,
        Instant changedAt,
        long timesRaised) {}
