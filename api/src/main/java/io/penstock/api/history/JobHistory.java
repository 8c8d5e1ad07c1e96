package io.penstock.api.history;

import io.penstock.api.problem.DatabaseUnavailableException;
import io.penstock.api.request.QueryParameters;
import io.penstock.common.history.ErrorGroup;
import io.penstock.common.history.HistoryFilter;
import io.penstock.common.history.HistoryPage;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryQuery;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.history.HistoryTooWideException;
import io.penstock.common.history.InvalidHistoryQueryException;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The history as resources ask for it: what it refuses becomes the problem that callers are told. */
@ApplicationScoped
public class JobHistory {

    private final HistoryQueries queries;
    private final InstantSource clock = InstantSource.system();

    @Inject
    JobHistory(HistoryQueries queries) {
        this.queries = queries;
    }

    Uni<HistoryPage> find(HistoryQuery query) {
        return told(queries.find(query));
    }

    Uni<List<ErrorGroup>> errors(HistoryTime time, Optional<String> queue, Optional<String> type, int limit) {
        return told(queries.errors(time, queue, type, limit));
    }

    /**
     * How a job ended that the queue no longer knows; not longer ago than {@link HistoryTime#MOST}. Where the history knows
     * of its attempts only, the latest of them: a row of the state {@code failed}, which is not the state of the job.
     */
    public Uni<Optional<HistoryRow>> latest(String jobId) {
        if (jobId.isBlank() || jobId.length() > HistoryFilter.MAX_TEXT || jobId.indexOf('\0') >= 0) {
            return Uni.createFrom().item(Optional.empty());
        }
        HistoryTime time = HistoryTime.of(null, null, clock.instant(), HistoryTime.MOST);
        return told(queries.find(HistoryQuery.first(time, HistoryFilter.ofJob(jobId), HistoryQuery.MAX_LIMIT))
                .map(page -> endOfLatestLife(page.rows())));
    }

    /** An id may be used again: rows of one life have one time of acceptance. Latest first; clocks of workers may differ. */
    private static Optional<HistoryRow> endOfLatestLife(List<HistoryRow> rows) {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        HistoryRow latest = rows.get(0);
        return rows.stream()
                .filter(row -> row.isEnd() && row.enqueuedAt().equals(latest.enqueuedAt()))
                .findFirst()
                .or(() -> Optional.of(latest));
    }

    /** What the history refuses is a parameter of the caller's. */
    public static <T> T checked(Supplier<T> question) {
        try {
            return question.get();
        } catch (InvalidHistoryQueryException e) {
            throw QueryParameters.invalid(e.field(), e.field() + ": " + e.reason());
        }
    }

    /** For searches that are bounded in themselves: that one takes long is no fault of the question's. */
    public static <T> Uni<T> bounded(Uni<T> answer) {
        return answer.onFailure(HistoryTooWideException.class)
                .transform(failure -> new DatabaseUnavailableException(
                        "the history did not answer in time", DatabaseUnavailableException.Effect.NONE, failure));
    }

    private static <T> Uni<T> told(Uni<T> answer) {
        return answer.onFailure(HistoryTooWideException.class)
                .transform(failure -> QueryParameters.invalid("from", "from: " + failure.getMessage()))
                .onFailure(TimeoutException.class)
                .transform(failure -> new DatabaseUnavailableException(
                        "the history did not answer in time", DatabaseUnavailableException.Effect.NONE, failure));
    }
}
