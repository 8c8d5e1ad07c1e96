package io.penstock.common.history;

/** Which ends of a queue's jobs are kept in the history. */
public enum HistoryPolicy {
    NONE,
    /** Everything that did not end well, failed attempts included. */
    FAILURES,
    ALL;

    public boolean keeps(HistoryState state) {
        return this == ALL || (this == FAILURES && state != HistoryState.COMPLETED);
    }
}
