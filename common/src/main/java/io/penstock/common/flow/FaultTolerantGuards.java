package io.penstock.common.flow;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Builds each guard once, when it is first asked for. From then on this process learns each second what operators have
 * decided, and shows the others what its guards do; a process that guards nothing asks nobody.
 */
@ApplicationScoped
public class FaultTolerantGuards implements Guards {

    private static final Logger LOG = Logger.getLogger(FaultTolerantGuards.class);

    /** What an operator decides is in force everywhere within two of these. */
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    /** What has not changed is shown again after this, before it counts as old. */
    private static final Duration SHOW_EVERY = Duration.ofSeconds(20);

    /** Figures of a busy guard are at most so old. */
    private static final Duration SHOW_ACTIVITY_AFTER = Duration.ofSeconds(5);

    private final Map<String, FaultTolerantGuard> guards = new ConcurrentHashMap<>();
    private final Map<String, GuardReport> shown = new HashMap<>();
    private final UpstreamPolicies policies;
    private final RateLimiter limiter;
    private final @Nullable GuardForces forces;
    private final @Nullable GuardBoard board;
    private final @Nullable PeriodicTask task;
    private final Consumer<GuardChange> listener;
    private final Consumer<FaultTolerantGuard> built;
    private final String process = UUID.randomUUID().toString().substring(0, 8);
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> learned = new CompletableFuture<>();
    /** Null: nothing has been learned yet. */
    private volatile @Nullable Map<String, GuardForce> known;

    @Inject
    public FaultTolerantGuards(
            UpstreamConfig config,
            RateLimiter limiter,
            GuardForces forces,
            GuardBoard board,
            Vertx vertx,
            @Any Instance<GuardListener> listeners) {
        this.policies = new UpstreamPolicies(config);
        this.limiter = limiter;
        this.forces = forces;
        this.board = board;
        this.task = PeriodicTask.task(
                        vertx,
                        "learn what operators have decided about guards",
                        PeriodicTask.every(ASK_EVERY, this::runOnce))
                .backoff(Backoff.ofMillis(500, 2_000))
                .build();
        List<GuardListener> all = listeners.stream().toList();
        this.listener = change -> {
            all.forEach(each -> each.changed(change));
            task.runSoon();
        };
        this.built = guard -> all.forEach(each -> each.built(guard, () -> guard.report(process)));
    }

    /** Guards that nobody forces and nobody else sees. */
    public FaultTolerantGuards(UpstreamConfig config, RateLimiter limiter) {
        this.policies = new UpstreamPolicies(config);
        this.limiter = limiter;
        this.forces = null;
        this.board = null;
        this.task = null;
        this.listener = change -> {};
        this.built = guard -> {};
        this.known = Map.of();
    }

    @Override
    public Guard named(String upstream) {
        if (task != null && started.compareAndSet(false, true)) {
            task.start();
        }
        return guards.computeIfAbsent(upstream, this::build);
    }

    private FaultTolerantGuard build(String upstream) {
        FaultTolerantGuard guard = new FaultTolerantGuard(
                policies.of(upstream), limiter, this::forcedState, listener, InstantSource.system());
        built.accept(guard);
        return guard;
    }

    void stop(@Observes ShutdownEvent event) {
        if (task != null) {
            task.stop();
        }
    }

    /** The first calls of a process wait for what it has to learn. */
    private Uni<Optional<GuardForce.State>> forcedState(String guard) {
        return known != null
                ? Uni.createFrom().item(stateOf(guard))
                : Uni.createFrom()
                        .emitter(emitter -> {
                            var unused = learned.thenRun(() -> emitter.complete(null));
                        })
                        .ifNoItem()
                        .after(ASK_EVERY)
                        .recoverWithItem(null)
                        .map(any -> stateOf(guard));
    }

    private Optional<GuardForce.State> stateOf(String guard) {
        Map<String, GuardForce> decided = known;
        if (decided == null) {
            return Optional.empty();
        }
        GuardForce force = decided.get(guard);
        return Optional.of(force == null ? GuardForce.State.NONE : force.state());
    }

    /** Learns what is decided, and shows what has happened. */
    public Uni<Void> runOnce() {
        if (forces == null || board == null) {
            return Uni.createFrom().voidItem();
        }
        return forces.all()
                .invoke(this::learn)
                .replaceWithVoid()
                // What the others see must not depend on whether PostgreSQL answers.
                .onItemOrFailure()
                .transformToUni((done, failure) -> show(board)
                        .onFailure()
                        .invoke(e -> LOG.debugf("cannot show the guards: %s", e))
                        .onFailure()
                        .recoverWithNull()
                        .chain(() -> failure == null
                                ? Uni.createFrom().voidItem()
                                : Uni.createFrom().failure(failure)));
    }

    private void learn(List<GuardForce> all) {
        Map<String, GuardForce> before = known;
        Map<String, GuardForce> now = new HashMap<>();
        all.forEach(force -> now.put(force.guard(), force));
        known = now;
        learned.complete(null);
        guards.forEach((name, guard) -> {
            GuardForce force = now.get(name);
            if (force != null) {
                tellOf(guard, force, before);
            }
        });
    }

    private static void tellOf(FaultTolerantGuard guard, GuardForce force, @Nullable Map<String, GuardForce> before) {
        GuardForce last = before == null ? null : before.get(force.guard());
        boolean isNew = last == null || !last.state().equals(force.state());
        if (isNew && force.state() != GuardForce.State.NONE) {
            LOG.warnf(
                    "The breaker of %s is forced %s by %s: %s",
                    force.guard(), force.state().code(), force.by(), force.reason());
        }
        // What was reset before this process began is no news to it.
        Instant resetBefore = last == null ? Instant.EPOCH : last.resetAt();
        if (before != null && force.resetAt().isAfter(resetBefore)) {
            LOG.infof("The guard of %s was reset by %s", force.guard(), force.by());
            guard.reset();
        }
    }

    private Uni<Void> show(GuardBoard on) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (FaultTolerantGuard guard : guards.values()) {
            GuardReport report = guard.report(process);
            if (isNews(report)) {
                all = all.chain(() -> on.post(report)).invoke(() -> shown.put(report.guard(), report));
            }
        }
        return all;
    }

    private boolean isNews(GuardReport report) {
        GuardReport last = shown.get(report.guard());
        if (last == null
                || last.breaker() != report.breaker()
                || !last.pausedUntil().equals(report.pausedUntil())) {
            return true;
        }
        boolean active = last.calls() != report.calls() || last.refused() != report.refused();
        Duration since = Duration.between(last.at(), report.at());
        return since.compareTo(active ? SHOW_ACTIVITY_AFTER : SHOW_EVERY) > 0
                && (active || report.breaker() != Guard.Breaker.CLOSED);
    }
}
