package io.penstock.common.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the history, latest end first.
 *
 * @param time what was looked through
 * @param nextCursor for {@link HistoryQuery#next}; null: there are no more
 */
public record HistoryPage(List<HistoryRow> rows, HistoryTime time, @Nullable String nextCursor) {}
