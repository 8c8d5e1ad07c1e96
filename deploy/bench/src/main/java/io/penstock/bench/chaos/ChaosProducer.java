package io.penstock.bench.chaos;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Timing;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Enqueues jobs in all the ways there are (one by one and in bulk, with and without an id of their own, with a priority,
 * with a delay) and writes down what it was answered, one line per job.
 */
final class ChaosProducer {

    /** What was answered to a producer. */
    enum Answer {
        /** {@code ACCEPTED <epoch ms> <tag> <took ms> <job id>} */
        ACCEPTED,
        /** Said to be not accepted: {@code REFUSED <epoch ms> <tag> <took ms> <job id or -> <why>} */
        REFUSED,
        /** May or may not have been accepted: {@code UNKNOWN <epoch ms> <tag> <took ms> <job id or -> <why>} */
        UNKNOWN
    }

    private static final int LONGEST_REASON = 160;
    private static final Duration DELAY = Duration.ofMillis(300);

    private final String name;
    private final ChaosEngine engine;
    private final AppendOnlyFile ledger;
    private int tags;

    ChaosProducer(String name, ChaosEngine engine, AppendOnlyFile ledger) {
        this.name = name;
        this.engine = engine;
        this.ledger = ledger;
    }

    /**
     * One call for jobs that work so long.
     *
     * @return how many were accepted; never fails
     */
    CompletableFuture<Integer> enqueue(Random random, int size, int millis) {
        List<JobEnqueuer.Item<ChaosJob>> items = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            String tag = nextTag();
            items.add(new JobEnqueuer.Item<>(new ChaosJob(tag, millis), options(random, tag)));
        }
        return send(ChaosJob.WORK, items);
    }

    /** One job of this type with an explicit id, which is answered in any case. */
    synchronized CompletableFuture<String> enqueueNamed(JobType<ChaosJob> type, int millis) {
        String tag = nextTag();
        return send(type, List.of(new JobEnqueuer.Item<>(new ChaosJob(tag, millis), JobOptions.DEFAULT.withId(tag))))
                .thenApply(accepted -> tag);
    }

    private synchronized String nextTag() {
        return name + "." + tags++;
    }

    private static JobOptions options(Random random, String tag) {
        JobOptions options = JobOptions.DEFAULT;
        if (random.nextInt(3) == 0) {
            options = options.withId(tag);
        }
        if (random.nextInt(5) == 0) {
            options = options.withPriority(random.nextInt(JobOptions.MAX_PRIORITY + 1));
        }
        if (random.nextInt(10) == 0) {
            options = options.withTiming(new Timing(DELAY, Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return options;
    }

    private CompletableFuture<Integer> send(JobType<ChaosJob> type, List<JobEnqueuer.Item<ChaosJob>> items) {
        long called = System.nanoTime();
        Uni<List<Enqueued>> call = items.size() == 1
                ? engine.enqueuer()
                        .enqueue(type, items.get(0).payload(), items.get(0).options())
                        .map(List::of)
                : engine.enqueuer().enqueueAll(type, items);
        CompletableFuture<Integer> accepted = new CompletableFuture<>();
        call.subscribe()
                .with(
                        answers -> {
                            accepted(items, answers, called);
                            accepted.complete(items.size());
                        },
                        failure -> {
                            failed(items, failure, called);
                            accepted.complete(0);
                        });
        return accepted;
    }

    private void accepted(List<JobEnqueuer.Item<ChaosJob>> items, List<Enqueued> answers, long called) {
        long took = ProducerProgram.elapsedMs(called);
        for (int i = 0; i < items.size(); i++) {
            ledger.write(
                    Answer.ACCEPTED,
                    System.currentTimeMillis(),
                    items.get(i).payload().tag(),
                    took,
                    answers.get(i).jobId());
        }
    }

    private void failed(List<JobEnqueuer.Item<ChaosJob>> items, Throwable failure, long called) {
        long took = ProducerProgram.elapsedMs(called);
        String why = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        String inShort = why.substring(0, Math.min(why.length(), LONGEST_REASON));
        boolean noEffect = failure instanceof QueueUnavailableException e && e.hasNoEffect();
        Answer answer = noEffect ? Answer.REFUSED : Answer.UNKNOWN;
        ledger.write(items.stream()
                .map(item -> answer + " " + System.currentTimeMillis() + " "
                        + item.payload().tag() + " " + took + " "
                        + item.options().id().orElse("-") + " " + inShort)
                .collect(Collectors.joining("\n")));
    }
}
