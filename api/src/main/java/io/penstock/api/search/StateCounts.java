package io.penstock.api.search;

import io.penstock.common.history.HistorySearch;
import io.penstock.common.history.HistoryState;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How many jobs there are in each state, at a price that does not grow with their number. Scheduled and retrying jobs lie
 * together: how many are which is worked out from a sample where there are many.
 */
@ApplicationScoped
public class StateCounts {

    private static final int AT_ONCE = 4;

    private final JobQueue queue;
    private final JobBrowser browser;
    private final QueuePolicies policies;

    @Inject
    StateCounts(JobQueue queue, JobBrowser browser, QueuePolicies policies) {
        this.queue = queue;
        this.browser = browser;
        this.policies = policies;
    }

    /**
     * How the delayed jobs divide.
     *
     * @param scheduled those that wait for their time
     * @param retrying those that wait for their next attempt
     */
    public record Delayed(Estimate scheduled, Estimate retrying) {}

    /** Of live jobs in one state. */
    Uni<Estimate> live(ListState state, Optional<String> queueName) {
        if (state == ListState.SCHEDULED || state == ListState.RETRYING) {
            return delayed(queueName)
                    .map(delayed -> state == ListState.SCHEDULED ? delayed.scheduled() : delayed.retrying());
        }
        return statuses(queueName)
                .map(all -> Estimate.exactly(all.stream()
                        .mapToLong(status -> switch (state) {
                            case WAITING -> status.waiting();
                            case ACTIVE -> status.active();
                            case AWAITING_CHILDREN -> status.awaitingChildren();
                            case DEAD -> status.dead();
                            default -> throw new IllegalArgumentException(state + " is not counted here");
                        })
                        .sum()));
    }

    /** Of all states. */
    Uni<JobsAnswer.Counts> all(Optional<String> queueName, Function<Set<HistoryState>, Uni<Optional<Integer>>> ended) {
        List<HistoryState> ends = List.of(HistoryState.COMPLETED, HistoryState.CANCELLED, HistoryState.EXPIRED);
        List<Uni<Optional<Integer>>> counts =
                ends.stream().map(state -> ended.apply(Set.of(state))).toList();
        return Uni.combine()
                .all()
                .unis(
                        statuses(queueName),
                        delayed(queueName),
                        Uni.join().all(counts).usingConcurrencyOf(ends.size()).andFailFast())
                .with((statuses, delayed, found) -> {
                    Map<String, Estimate> states = new LinkedHashMap<>();
                    states.put("waiting", sum(statuses, QueueStatus::waiting));
                    states.put("active", sum(statuses, QueueStatus::active));
                    states.put("scheduled", delayed.scheduled());
                    states.put("retrying", delayed.retrying());
                    states.put("awaiting_children", sum(statuses, QueueStatus::awaitingChildren));
                    states.put("dead", sum(statuses, QueueStatus::dead));
                    for (int i = 0; i < ends.size(); i++) {
                        states.put(
                                ends.get(i).wire(),
                                found.get(i)
                                        .map(count -> Estimate.upTo(count, HistorySearch.COUNTED))
                                        .orElse(Estimate.atLeast(0)));
                    }
                    return new JobsAnswer.Counts(states);
                });
    }

    private static Estimate sum(List<QueueStatus> statuses, Function<QueueStatus, Long> count) {
        return Estimate.exactly(statuses.stream().mapToLong(count::apply).sum());
    }

    /** How the delayed jobs of one queue or of all divide. */
    public Uni<Delayed> delayed(Optional<String> queueName) {
        return ofEach(queueName, name -> ofPartitions(policies.named(name))).map(all -> all.stream()
                .reduce(
                        new Delayed(Estimate.NONE, Estimate.NONE),
                        (a, b) -> new Delayed(
                                a.scheduled().plus(b.scheduled()), a.retrying().plus(b.retrying()))));
    }

    private Uni<Delayed> ofPartitions(QueuePolicy policy) {
        Uni<Delayed> sum = Uni.createFrom().item(new Delayed(Estimate.NONE, Estimate.NONE));
        for (int partition = 0; partition < policy.partitions(); partition++) {
            int number = partition;
            sum = sum.chain(soFar -> browser.delayed(policy.queue(), number).map(sample -> {
                Delayed here = of(sample);
                return new Delayed(
                        soFar.scheduled().plus(here.scheduled()),
                        soFar.retrying().plus(here.retrying()));
            }));
        }
        return sum;
    }

    static Delayed of(JobBrowser.DelayedSample sample) {
        if (sample.total() == 0 || sample.looked() == 0) {
            return new Delayed(Estimate.exactly(sample.total()), Estimate.NONE);
        }
        if (sample.looked() >= sample.total()) {
            return new Delayed(
                    Estimate.exactly(sample.total() - sample.retrying()), Estimate.exactly(sample.retrying()));
        }
        long retrying = Math.round((double) sample.total() * sample.retrying() / sample.looked());
        return new Delayed(Estimate.about(sample.total() - retrying), Estimate.about(retrying));
    }

    private Uni<List<QueueStatus>> statuses(Optional<String> queueName) {
        return ofEach(queueName, queue::status);
    }

    private <T> Uni<List<T>> ofEach(Optional<String> queueName, Function<String, Uni<T>> ask) {
        List<Uni<T>> each =
                queueName
                        .map(List::of)
                        .orElseGet(() ->
                                policies.all().stream().map(QueuePolicy::queue).toList())
                        .stream()
                        .map(ask)
                        .toList();
        return each.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(each).usingConcurrencyOf(AT_ONCE).andFailFast();
    }
}
