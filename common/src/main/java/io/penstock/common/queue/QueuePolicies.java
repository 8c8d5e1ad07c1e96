package io.penstock.common.queue;

import io.penstock.common.job.JobType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The policy of every queue that is configured or that a job type names, with the limits that operators have set
 * meanwhile. Whoever keeps a policy for long asks {@link #inForce} at each use.
 */
@ApplicationScoped
public class QueuePolicies {

    private static final Logger LOG = Logger.getLogger(QueuePolicies.class);

    private final Map<String, QueuePolicy> configured = new TreeMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    /** Queues with other limits than the configured ones. */
    private volatile Map<String, Changed> changed = Map.of();

    private volatile LimitOverrides overrides = LimitOverrides.NONE;

    /** A queue with limits of an operator's. */
    private record Changed(QueuePolicy configured, QueueLimits limits, QueuePolicy inForce) {}

    @Inject
    public QueuePolicies(QueueConfig config, JobTypes types) {
        config.queues().forEach((queue, settings) -> configured.put(queue, QueuePolicy.of(queue, settings)));
        for (JobType<?> type : types.all()) {
            if (configured.putIfAbsent(type.queue(), QueuePolicy.defaults(type.queue())) == null) {
                LOG.warnf(
                        "job type '%s' waits in the queue '%s', of which the configuration knows nothing: it gets the defaults."
                                + " A typing error? Else say penstock.queue.\"%s\".concurrency",
                        type.name(), type.queue(), type.queue());
            }
        }
    }

    /** For programs without a bean container. */
    public QueuePolicies(Collection<QueuePolicy> policies) {
        policies.forEach(policy -> configured.put(policy.queue(), policy));
    }

    /** As they are in force, in the order of the names. */
    public Collection<QueuePolicy> all() {
        return configured.values().stream().map(this::inForce).toList();
    }

    /** As it is in force; empty for a queue this deployment does not have. */
    public Optional<QueuePolicy> find(String queue) {
        return Optional.ofNullable(configured.get(queue)).map(this::inForce);
    }

    /** Fails where the queue does not exist: its name then comes from a programming error, not from a user. */
    public QueuePolicy named(String queue) {
        return find(queue).orElseThrow(() -> new IllegalArgumentException("no queue is named '" + queue + "'"));
    }

    /** As it is configured, whatever operators have changed; fails like {@link #named}. */
    public QueuePolicy configured(String queue) {
        return Optional.ofNullable(configured.get(queue))
                .orElseThrow(() -> new IllegalArgumentException("no queue is named '" + queue + "'"));
    }

    /** What operators have decided of the limits of a queue; empty: nothing, ever. */
    public Optional<LimitOverride> override(String queue) {
        return Optional.ofNullable(overrides.byQueue().get(queue));
    }

    /**
     * The policy that is in force at this moment. Cheap, and the same object until something changes.
     *
     * @param policy without limits of an operator's, or with those that are in force
     */
    public QueuePolicy inForce(QueuePolicy policy) {
        Changed now = changed.get(policy.queue());
        if (now == null || policy.equals(now.inForce)) {
            return policy;
        }
        return policy.equals(now.configured) ? now.inForce : now.limits.applyTo(policy);
    }

    /** The overrides that hold from now on; those of queues that are not here are passed over. */
    public void override(LimitOverrides latest) {
        List<String> different;
        synchronized (this) {
            Map<String, Changed> before = changed;
            Map<String, Changed> now = new TreeMap<>();
            latest.byQueue().forEach((queue, override) -> changeOf(queue, override, before.get(queue))
                    .ifPresent(change -> now.put(queue, change)));
            changed = now;
            overrides = latest;
            different = configured.keySet().stream()
                    .filter(queue -> !Objects.equals(now.get(queue), before.get(queue)))
                    .toList();
        }
        different.forEach(queue -> listeners.forEach(listener -> listener.accept(queue)));
    }

    /** Limits that a changed configuration does not allow any more must not stop the queue: the configured ones hold. */
    private Optional<Changed> changeOf(String queue, LimitOverride override, @Nullable Changed before) {
        QueuePolicy policy = configured.get(queue);
        QueueLimits limits = override.limits();
        if (policy == null || limits.equals(QueueLimits.NONE)) {
            return Optional.empty();
        }
        if (before != null && before.limits.equals(limits)) {
            return Optional.of(before);
        }
        try {
            return Optional.of(new Changed(policy, limits, limits.applyTo(policy)));
        } catch (InvalidLimitException e) {
            LOG.warnf(
                    "queue %s cannot have the limits that %s has set, and keeps the configured ones: %s",
                    queue, override.changedBy(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Tells the names of queues whose limits have changed, after the change, on any thread.
     *
     * @return to be run when nobody listens any more
     */
    public Runnable onChange(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
