package io.penstock.common.alert;

import java.util.List;

/**
 * What one message tells: an outage that concerns a thousand schedules must not become a thousand mails.
 *
 * @param shown the notices spelt out, in the order they came about
 * @param total all notices the message stands for
 */
public record AlertDigest(List<AlertNotice> shown, int total) {

    static final int MOST_SHOWN = 50;

    static AlertDigest of(List<AlertNotice> notices) {
        return new AlertDigest(List.copyOf(notices.subList(0, Math.min(MOST_SHOWN, notices.size()))), notices.size());
    }

    /** How many notices are counted only. */
    int more() {
        return total - shown.size();
    }
}
