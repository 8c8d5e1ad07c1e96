package io.penstock.api.search;

import io.penstock.api.database.DatabaseCalls;
import io.penstock.api.history.JobHistory;
import io.penstock.common.history.HistoryFilter;
import io.penstock.common.history.HistoryPlace;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.history.HistoryState;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.queue.JobBrowser.Shelf;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.PayloadSecrets;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists jobs by anything. A list has parts, one behind the other: shelves of live jobs, and the history. One request looks at
 * so many jobs at most and then says where to go on, so that neither a rare word nor a million jobs make it slow.
 */
@ApplicationScoped
class JobSearch {

    /** Live jobs that one request looks at. */
    static final int EXAMINED = 5_000;

    /** A request that has taken so long begins nothing further. */
    private static final Duration ENOUGH = Duration.ofMillis(80);

    /** One whose page is full goes on for so long after its start, to tell how many more there are. */
    private static final Duration COUNTING = Duration.ofMillis(40);

    /** So few are looked at however long it takes: what is told of a small system is exact on a slow machine, too. */
    private static final int LEAST_EXAMINED = 500;

    private static final int LEAST_STEP = 25;

    private final LiveSearch live;
    private final HistorySearch history;
    private final JobQueue queue;
    private final StateCounts counts;
    private final DatabaseCalls database;
    private final PayloadSecrets secrets;
    private final InstantSource clock = InstantSource.system();

    @Inject
    JobSearch(
            LiveSearch live,
            HistorySearch history,
            JobQueue queue,
            StateCounts counts,
            DatabaseCalls database,
            PayloadSecrets secrets) {

        this.live = live;
        this.history = history;
        this.queue = queue;
        this.counts = counts;
        this.database = database;
        this.secrets = secrets;
    }

    /**
     * One part of a list.
     *
     * @param shelf null: the history
     * @param state null: all that the part has
     * @param ended of the history
     */
    private record Part(@Nullable Shelf shelf, @Nullable ListState state, Set<HistoryState> ended) {

        static Part of(Shelf shelf, @Nullable ListState state) {
            return new Part(shelf, state, Set.of());
        }

        static Part ofHistory(Set<HistoryState> ended) {
            return new Part(null, null, ended);
        }
    }

    Uni<JobsAnswer> page(JobQuestion question, int limit, JobCursor cursor) {
        List<Part> parts = parts(question);
        JobCursor from = cursor.within(parts.size());
        boolean first = from.equals(JobCursor.START);
        if (question.jobId().isPresent()) {
            return byId(question, question.jobId().get());
        }
        Run run = new Run(question, parts, limit, first && question.isFiltered());
        return run.from(from.part(), from.place())
                .chain(() -> first ? total(run) : Uni.createFrom().item(Optional.<Estimate>empty()))
                .map(run::answer);
    }

    private static List<Part> parts(JobQuestion question) {
        List<Part> parts = new ArrayList<>();
        if (question.state().isPresent()) {
            ListState state = question.state().get();
            state.shelves().forEach(shelf -> parts.add(Part.of(shelf, state)));
            if (!state.isLive()) {
                parts.add(Part.ofHistory(state.ended()));
            }
            return parts;
        }
        for (Shelf shelf : List.of(
                Shelf.ACTIVE, Shelf.WAITING, Shelf.BEHIND_GROUP, Shelf.AWAITING_CHILDREN, Shelf.DELAYED, Shelf.DEAD)) {
            parts.add(Part.of(shelf, null));
        }
        parts.add(Part.ofHistory(ListState.ENDS));
        return parts;
    }

    private Uni<JobsAnswer> byId(JobQuestion question, String id) {
        return queue.find(id)
                .map(found -> found.map(job -> LiveSearch.masked(job, secrets)))
                .chain(found -> found.isPresent()
                        ? Uni.createFrom()
                                .item(found.filter(job -> question.state()
                                                        .map(state -> state.isOf(job.state()))
                                                        .orElse(true)
                                                && question.matches(
                                                        job,
                                                        job.finishedAt() == null ? job.enqueuedAt() : job.finishedAt()))
                                        .map(job -> JobRow.of(
                                                job,
                                                job.finishedAt() == null ? job.enqueuedAt() : job.finishedAt(),
                                                question.withPayload())))
                        : ended(question))
                .map(row -> new JobsAnswer(
                        row.map(List::of).orElse(List.of()),
                        Estimate.exactly(row.isPresent() ? 1 : 0),
                        row.isPresent() ? 1 : 0,
                        true,
                        null));
    }

    private Uni<Optional<JobRow>> ended(JobQuestion question) {
        Set<HistoryState> states = question.state()
                .map(state -> state.isLive() && state != ListState.DEAD ? Set.<HistoryState>of() : state.ended())
                .orElse(Set.of(HistoryState.values()));
        if (states.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return database.reading(
                        history.page(historyQuestion(question, states), Optional.empty(), 1, question.withPayload()))
                .map(found -> found.rows().stream().findFirst().map(row -> JobRow.of(row, secrets)));
    }

    private HistorySearch.Question historyQuestion(JobQuestion question, Set<HistoryState> states) {
        return JobHistory.checked(() -> new HistorySearch.Question(
                HistoryTime.of(
                        question.from().orElse(null), question.to().orElse(null), clock.instant(), HistoryTime.MOST),
                new HistoryFilter(
                        question.jobId(),
                        question.queue(),
                        question.type(),
                        Optional.empty(),
                        question.tag(),
                        question.tenant(),
                        question.fingerprint(),
                        question.error(),
                        question.group()),
                states,
                question.text(),
                question.payload()));
    }

    /** How many there are in all, as far as that is known without counting them one by one. */
    private Uni<Optional<Estimate>> total(Run run) {
        JobQuestion question = run.question;
        // What could not be found through an index cannot be counted in time either.
        if (question.state().isEmpty() || run.reachedEnd || run.unindexed) {
            return Uni.createFrom().item(Optional.of(run.counted()));
        }
        ListState state = question.state().get();
        if (!state.isLive()) {
            return database.reading(history.count(historyQuestion(question, state.ended())))
                    .map(count -> Optional.of(count.map(number -> Estimate.upTo(number, HistorySearch.COUNTED))
                            .orElse(Estimate.atLeast(run.matched))));
        }
        return question.isFiltered()
                ? Uni.createFrom().item(Optional.of(run.counted()))
                : counts.live(state, question.queue()).map(Optional::of);
    }

    /** One request on its way through the parts. Its steps follow each other. */
    private final class Run {

        private final JobQuestion question;
        private final List<Part> parts;
        private final int limit;
        /** Goes on behind the page, to tell how many there are. */
        private final boolean counting;

        private final long startedNanos = System.nanoTime();
        private final List<JobRow> rows = new ArrayList<>();
        private int matched;
        private int examined;
        private boolean reachedEnd;
        private boolean unindexed;
        private @Nullable JobCursor behindPage;
        private @Nullable JobCursor stopped;

        Run(JobQuestion question, List<Part> parts, int limit, boolean counting) {
            this.question = question;
            this.parts = parts;
            this.limit = limit;
            this.counting = counting;
        }

        Uni<Void> from(int number, String place) {
            if (number == parts.size()) {
                reachedEnd = true;
                return Uni.createFrom().voidItem();
            }
            if (isSpent()) {
                stopped = new JobCursor(number, place);
                return Uni.createFrom().voidItem();
            }
            Part part = parts.get(number);
            Shelf shelf = part.shelf();
            return shelf == null
                    ? ofHistory(number, part, place)
                    : live.slice(question, shelf, part.state(), place, step()).chain(slice -> {
                        examined += slice.examined();
                        for (LiveSearch.Placed placed : slice.jobs()) {
                            take(
                                    () -> JobRow.of(placed.found(), question.withPayload()),
                                    () -> new JobCursor(number, placed.place()));
                        }
                        return slice.next().isEmpty() ? from(number + 1, "") : from(number, slice.next());
                    });
        }

        private Uni<Void> ofHistory(int number, Part part, String place) {
            if (matched > limit) {
                stopped = new JobCursor(number, place);
                return Uni.createFrom().voidItem();
            }
            HistorySearch.Question asked = historyQuestion(question, part.ended());
            Optional<HistoryPlace> behind = Optional.ofNullable(parse(place));
            return database.reading(JobHistory.bounded(
                            history.page(asked, behind, limit + 1 - matched, question.withPayload())))
                    .chain(found -> {
                        examined += found.examined();
                        unindexed |= !found.indexed();
                        found.rows()
                                .forEach(row -> take(
                                        () -> JobRow.of(row, secrets),
                                        () -> new JobCursor(number, text(HistoryPlace.of(row)))));
                        if (found.next().isEmpty()) {
                            return from(number + 1, "");
                        }
                        stopped = new JobCursor(number, text(found.next().get()));
                        return Uni.createFrom().voidItem();
                    });
        }

        /** What is behind the page is only counted. */
        private void take(Supplier<JobRow> row, Supplier<JobCursor> behind) {
            matched++;
            if (rows.size() < limit) {
                rows.add(row.get());
                behindPage = behind.get();
            }
        }

        private boolean isSpent() {
            long taken = System.nanoTime() - startedNanos;
            boolean late = examined >= LEAST_EXAMINED && taken > (matched > limit ? COUNTING : ENOUGH).toNanos();
            return examined >= EXAMINED || late || (matched > limit && !counting);
        }

        /** Without filters a page is all that is needed; with them most of what is looked at is not meant. */
        private int step() {
            return question.isFiltered() || question.state().isEmpty()
                    ? Math.max(LEAST_STEP, 2 * limit)
                    : Math.max(LEAST_STEP, limit + 1 - Math.min(matched, limit));
        }

        Estimate counted() {
            return reachedEnd ? Estimate.exactly(matched) : Estimate.atLeast(matched);
        }

        JobsAnswer answer(Optional<Estimate> total) {
            boolean full = rows.size() == limit;
            JobCursor next = matched > limit ? behindPage : reachedEnd ? null : stopped;
            return new JobsAnswer(
                    rows,
                    total.orElse(null),
                    examined,
                    full || reachedEnd,
                    next == null ? null : next.encode(question));
        }
    }

    private static String text(HistoryPlace place) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, place.endedAt()) + " " + place.attempt() + " " + place.state()
                + " " + place.jobId();
    }

    private static @Nullable HistoryPlace parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            String[] words = text.split(" ", 4);
            return new HistoryPlace(
                    Instant.EPOCH.plus(Long.parseLong(words[0]), ChronoUnit.MICROS),
                    words[3],
                    Integer.parseInt(words[1]),
                    words[2]);
        } catch (RuntimeException e) {
            throw JobCursor.notOurs();
        }
    }

    /** How many jobs there are in each state. */
    Uni<JobsAnswer.Counts> counts(Optional<String> queueName) {
        return counts.all(
                queueName,
                states -> database.reading(history.count(new HistorySearch.Question(
                        HistoryTime.of(null, null, clock.instant(), HistoryTime.DEFAULT),
                        new HistoryFilter(
                                Optional.empty(),
                                queueName,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        states,
                        Optional.empty(),
                        List.of()))));
    }
}
