package io.penstock.common.queue;

import io.penstock.common.job.JobType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** The policy of every queue that is configured or that a job type names. */
@ApplicationScoped
public class QueuePolicies {

    private static final Logger LOG = Logger.getLogger(QueuePolicies.class);

    private final Map<String, QueuePolicy> byQueue = new TreeMap<>();

    @Inject
    public QueuePolicies(QueueConfig config, JobTypes types) {
        config.queues().forEach((queue, settings) -> byQueue.put(queue, QueuePolicy.of(queue, settings)));
        for (JobType<?> type : types.all()) {
            if (byQueue.putIfAbsent(type.queue(), QueuePolicy.defaults(type.queue())) == null) {
                LOG.warnf(
                        "job type '%s' waits in the queue '%s', of which the configuration knows nothing: it gets the defaults."
                                + " A typing error? Else say penstock.queue.\"%s\".concurrency",
                        type.name(), type.queue(), type.queue());
            }
        }
    }

    /** For programs without a bean container. */
    public QueuePolicies(Collection<QueuePolicy> policies) {
        policies.forEach(policy -> byQueue.put(policy.queue(), policy));
    }

    public Collection<QueuePolicy> all() {
        return byQueue.values();
    }

    /** Empty for a queue this deployment does not have. */
    public Optional<QueuePolicy> find(String queue) {
        return Optional.ofNullable(byQueue.get(queue));
    }

    /** Fails where the queue does not exist: its name then comes from a programming error, not from a user. */
    public QueuePolicy named(String queue) {
        return find(queue).orElseThrow(() -> new IllegalArgumentException("no queue is named '" + queue + "'"));
    }
}
