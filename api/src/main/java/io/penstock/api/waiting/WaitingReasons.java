package io.penstock.api.waiting;

import io.penstock.api.waiting.WaitingAnswer.Gate;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.WaitingJobs.Reasons;
import io.penstock.common.queue.WaitingJobs.Where;
import io.penstock.common.workers.LiveWorker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts together what the queue, the workers and the guards say. A pure function of these, so that each case is easily tested. */
final class WaitingReasons {

    private final JobView job;
    private final QueuePolicy policy;
    private final Reasons reasons;
    private final List<LiveWorker> workers;
    private final List<GuardReport> guards;
    private final List<Gate> gates = new ArrayList<>();

    private WaitingReasons(
            JobView job, QueuePolicy policy, Reasons reasons, List<LiveWorker> workers, List<GuardReport> guards) {
        this.job = job;
        this.policy = policy;
        this.reasons = reasons;
        this.workers = workers;
        this.guards = guards;
    }

    /** Of a job that runs or has ended. */
    static WaitingAnswer none(JobView job) {
        return new WaitingAnswer(job.id(), word(job.state()), false, null, 0, List.of());
    }

    /**
     * Of a job that waits.
     *
     * @param workers all that are known
     * @param guards what processes say of theirs
     */
    static WaitingAnswer of(
            JobView job, QueuePolicy policy, Reasons reasons, List<LiveWorker> workers, List<GuardReport> guards) {
        return new WaitingReasons(job, policy, reasons, workers, guards).answer();
    }

    private WaitingAnswer answer() {
        delay();
        children();
        worker();
        gates.add(Gate.of("queue", !reasons.paused()).queue(job.queue()));
        concurrency();
        rate();
        group();
        breakers();
        turn();
        int closed = (int) gates.stream().filter(gate -> !gate.open()).count();
        return new WaitingAnswer(job.id(), word(job.state()), true, job.enqueuedAt(), closed, gates);
    }

    private static String word(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void delay() {
        Instant dueAt = reasons.dueAt();
        if (dueAt != null && reasons.where() != Where.GROUP_PERMIT) {
            gates.add(Gate.of("delay", !dueAt.isAfter(reasons.now()))
                    .until(dueAt)
                    .why(reasons.where() == Where.RETRYING ? "backoff" : "scheduled"));
        }
    }

    private void children() {
        if (reasons.where() == Where.CHILDREN) {
            gates.add(Gate.of("children", false).count(reasons.children()));
        }
    }

    private void worker() {
        List<LiveWorker> serving = workers.stream()
                .filter(LiveWorker::isTaking)
                .filter(worker -> worker.profile().serves(job.queue()))
                .toList();
        gates.add(Gate.of("worker", !serving.isEmpty()).queue(job.queue()).count(serving.size()));
        if (!serving.isEmpty()) {
            long able = serving.stream()
                    .filter(worker -> worker.profile().types().contains(job.type()))
                    .count();
            gates.add(Gate.of("handler", able > 0).type(job.type()).count((int) able));
        }
    }

    private void concurrency() {
        policy.limits()
                .globalConcurrency()
                .ifPresent(most -> gates.add(
                        Gate.of("concurrency", reasons.active() < most).limit(reasons.active(), most)));
    }

    private void rate() {
        Optional<RateLimit> limit = policy.limitOf(policy.laneOf(job.type()));
        limit.ifPresent(rate -> {
            Instant at = startOf(reasons.permitAt(), rate);
            boolean open = !at.isAfter(reasons.now());
            gates.add(Gate.of("rate", open).until(open ? null : at));
        });
    }

    /** A permit that is due may be taken so much before, as the limit allows a burst. */
    private static Instant startOf(Instant due, RateLimit limit) {
        return due.minusNanos(limit.intervalMicros() * (limit.burst() - 1) * 1_000);
    }

    private void group() {
        job.labels().group().ifPresent(name -> {
            int most = policy.sharing().groups().concurrency();
            boolean behind = reasons.where() == Where.BEHIND_GROUP;
            boolean permit = reasons.where() == Where.GROUP_PERMIT;
            boolean later = reasons.group().startAt().isAfter(reasons.now());
            Gate gate = Gate.of("group", !behind && !permit)
                    .limit(reasons.group().inside(), most)
                    .until(
                            permit && reasons.dueAt() != null
                                    ? reasons.dueAt()
                                    : later ? reasons.group().startAt() : null)
                    .group(name, behind ? reasons.group().first() : null);
            gates.add(behind ? gate.ahead(reasons.group().before(), false) : gate);
        });
    }

    /** A job that was put off says which upstream is not called; the guards of others are no gates of this one. */
    private void breakers() {
        String why = job.error() == null ? "" : job.error();
        guards.stream()
                .filter(guard -> guard.breaker() != Guard.Breaker.CLOSED)
                .filter(guard -> why.startsWith(guard.guard() + " is not called now"))
                .map(GuardReport::guard)
                .distinct()
                .forEach(name -> gates.add(Gate.of("breaker", false).guard(name).until(openUntil(name))));
    }

    private @Nullable Instant openUntil(String guard) {
        return guards.stream()
                .filter(report -> report.guard().equals(guard))
                .map(GuardReport::openUntil)
                .filter(until -> !until.equals(Instant.EPOCH))
                .max(Instant::compareTo)
                .orElse(null);
    }

    private void turn() {
        if (reasons.where() == Where.READY) {
            gates.add(Gate.of("turn", reasons.ahead() == 0).ahead(reasons.ahead(), reasons.aheadMore()));
        }
    }
}
