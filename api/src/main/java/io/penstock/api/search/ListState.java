package io.penstock.api.search;

import io.penstock.common.history.HistoryState;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobBrowser.Shelf;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The states that jobs are listed by. What lives is in the queue, what has ended is in the history; the dead live on. */
enum ListState {
    ACTIVE,
    WAITING,
    AWAITING_CHILDREN,
    RETRYING,
    SCHEDULED,
    DEAD,
    COMPLETED,
    /** Attempts that failed, each a row of its own. */
    FAILED,
    CANCELLED,
    EXPIRED,
    DELETED;

    /** The ends that the history alone knows. */
    static final Set<HistoryState> ENDS =
            EnumSet.of(HistoryState.COMPLETED, HistoryState.CANCELLED, HistoryState.EXPIRED, HistoryState.DELETED);

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(ListState::word).toList();
    }

    static ListState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Where its jobs lie while they live; empty: in the history. */
    List<Shelf> shelves() {
        return switch (this) {
            case ACTIVE -> List.of(Shelf.ACTIVE);
            case WAITING -> List.of(Shelf.WAITING, Shelf.BEHIND_GROUP);
            case AWAITING_CHILDREN -> List.of(Shelf.AWAITING_CHILDREN);
            case RETRYING, SCHEDULED -> List.of(Shelf.DELAYED);
            case DEAD -> List.of(Shelf.DEAD);
            case COMPLETED, FAILED, CANCELLED, EXPIRED, DELETED -> List.of();
        };
    }

    boolean isLive() {
        return !shelves().isEmpty();
    }

    /** Of one that is not live. */
    Set<HistoryState> ended() {
        return EnumSet.of(HistoryState.valueOf(name()));
    }

    boolean isOf(JobState state) {
        return name().equals(state.name());
    }
}
