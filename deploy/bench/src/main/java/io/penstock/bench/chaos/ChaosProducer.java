package io.penstock.bench.chaos;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Timing;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.IdempotencyKey;
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
 * with a delay) and writes down what it was answered, one line per job. Half of the calls have an idempotency key and are
 * repeated with it, whatever they failed with, until they are accepted or their time is over.
 */
final class ChaosProducer {

    /**
     * What was answered to a producer: {@code <answer> <epoch ms> <tag> <took ms> <job id or -> <tries> <why>}. The time is
     * that of the last answer, what it took that of the slowest; tries are {@code -} for a call without a key, else
     * {@code <number>/<unknown ones>/<epoch ms of the first>}.
     */
    enum Answer {
        ACCEPTED,
        /** Said to be not accepted, each time. */
        REFUSED,
        /** May or may not have been accepted: one of the tries may have been, and none is known to be. */
        UNKNOWN
    }

    private static final int LONGEST_REASON = 160;
    /** Longer than any outage of a run. */
    private static final Duration REPEATS = Duration.ofSeconds(30);

    private static final Duration BEFORE_REPEAT = Duration.ofMillis(100);
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
        Optional<IdempotencyKey> key = random.nextBoolean()
                ? Optional.of(
                        IdempotencyKey.of("chaos-" + items.get(0).payload().tag()))
                : Optional.empty();
        return send(new Call(ChaosJob.WORK, items, key));
    }

    /** One job of this type with an explicit id, which is answered in any case. */
    CompletableFuture<String> enqueueNamed(JobType<ChaosJob> type, int millis) {
        return enqueueOne(type, millis).thenApply(Named::tag);
    }

    /**
     * A job that was asked for.
     *
     * @param accepted false: refused, or nobody knows
     */
    record Named(String tag, boolean accepted) {}

    /** The same, with what became of the call. */
    synchronized CompletableFuture<Named> enqueueOne(JobType<ChaosJob> type, int millis) {
        String tag = nextTag();
        return send(new Call(
                        type,
                        List.of(new JobEnqueuer.Item<>(new ChaosJob(tag, millis), JobOptions.DEFAULT.withId(tag))),
                        Optional.empty()))
                .thenApply(accepted -> new Named(tag, accepted == 1));
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

    /** What is asked for, by however many tries. */
    private record Call(JobType<ChaosJob> type, List<JobEnqueuer.Item<ChaosJob>> items, Optional<IdempotencyKey> key) {}

    /** What the tries so far were answered. */
    private static final class Tries {

        private final long firstMs = System.currentTimeMillis();
        private final long begin = System.nanoTime();
        private int number;
        private int unknown;
        private long slowestMs;

        void answered(long calledNanos) {
            number++;
            slowestMs = Math.max(slowestMs, ProducerProgram.elapsedMs(calledNanos));
        }

        boolean goOn() {
            return System.nanoTime() - begin < REPEATS.toNanos();
        }

        String told(Call call) {
            return call.key().isPresent() ? number + "/" + unknown + "/" + firstMs : "-";
        }
    }

    private CompletableFuture<Integer> send(Call call) {
        CompletableFuture<Integer> accepted = new CompletableFuture<>();
        send(call, new Tries(), accepted);
        return accepted;
    }

    /** Tries follow one another: the state of a call is never written by two at once. */
    private void send(Call call, Tries tries, CompletableFuture<Integer> accepted) {
        long called = System.nanoTime();
        Uni<List<Enqueued>> request = call.items().size() == 1 && call.key().isEmpty()
                ? engine.enqueuer()
                        .enqueue(
                                call.type(),
                                call.items().get(0).payload(),
                                call.items().get(0).options())
                        .map(List::of)
                : engine.enqueuer()
                        .enqueueAll(call.type(), call.items(), call.key().orElse(null));
        request.subscribe()
                .with(
                        answers -> {
                            tries.answered(called);
                            accepted(call, tries, answers);
                            accepted.complete(call.items().size());
                        },
                        failure -> {
                            tries.answered(called);
                            boolean noEffect = failure instanceof QueueUnavailableException e && e.hasNoEffect();
                            tries.unknown += noEffect ? 0 : 1;
                            if (call.key().isPresent() && tries.goOn()) {
                                engine.vertx().setTimer(BEFORE_REPEAT.toMillis(), timer -> send(call, tries, accepted));
                            } else {
                                failed(call, tries, failure);
                                accepted.complete(0);
                            }
                        });
    }

    private void accepted(Call call, Tries tries, List<Enqueued> answers) {
        for (int i = 0; i < call.items().size(); i++) {
            ledger.write(
                    Answer.ACCEPTED,
                    System.currentTimeMillis(),
                    call.items().get(i).payload().tag(),
                    tries.slowestMs,
                    answers.get(i).jobId(),
                    tries.told(call));
        }
    }

    private void failed(Call call, Tries tries, Throwable failure) {
        String why = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        String inShort = why.substring(0, Math.min(why.length(), LONGEST_REASON));
        Answer answer = tries.unknown == 0 ? Answer.REFUSED : Answer.UNKNOWN;
        ledger.write(call.items().stream()
                .map(item -> answer + " " + System.currentTimeMillis() + " "
                        + item.payload().tag() + " " + tries.slowestMs + " "
                        + item.options().id().orElse("-") + " " + tries.told(call) + " " + inShort)
                .collect(Collectors.joining("\n")));
    }
}
