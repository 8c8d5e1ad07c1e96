package io.penstock.api.security;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.job.JobOptions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of the jobs a caller reaches: all, or those of some queues, or of one tenant.
 *
 * @param queues names, or beginnings followed by {@code *}; empty: all queues
 * @param tenant empty: all tenants
 */
public record Scope(List<String> queues, Optional<String> tenant) {

    static final Scope UNLIMITED = new Scope(List.of(), Optional.empty());

    static final int MOST_QUEUES = 50;
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9._-]{1,100}\\*?|\\*");

    public Scope {
        queues = List.copyOf(queues);
    }

    static boolean isQueuePattern(String text) {
        return QUEUE.matcher(text).matches();
    }

    public boolean isUnlimited() {
        return queues.isEmpty() && tenant.isEmpty();
    }

    public boolean allowsQueue(String queue) {
        return queues.isEmpty() || queues.stream().anyMatch(pattern -> matches(pattern, queue));
    }

    /**
     * Whether the jobs of this tenant are reached.
     *
     * @param owner whose a job is; null: nobody's, which only a caller without a tenant reaches
     */
    public boolean allowsTenant(@Nullable String owner) {
        return tenant.isEmpty() || tenant.get().equals(owner);
    }

    public boolean allows(String queue, @Nullable String owner) {
        return allowsQueue(queue) && allowsTenant(owner);
    }

    /** For what is about all jobs of a queue. Fails with the problem that callers are told. */
    public void requireQueue(String queue) {
        if (tenant.isPresent()) {
            throw outOfScope("Your key reaches the jobs of one tenant; this is about all jobs of a queue.");
        }
        if (!allowsQueue(queue)) {
            throw outOfScope("Your key does not reach this queue.");
        }
    }

    /** For what is about all jobs of one queue, or of all queues where none is named. Fails with the problem that callers are told. */
    public void requireAllJobs(Optional<String> queue) {
        if (!isUnlimited()) {
            requireNamed(queue);
            requireQueue(queue.orElse(""));
        }
    }

    /** For calls about batches, which are a tenant's or everybody's, but of no queue. Fails with the problem that callers are told. */
    public void requireBatches() {
        if (!queues.isEmpty()) {
            throw outOfScope("Your key reaches the jobs of some queues; batches are of none.");
        }
    }

    /**
     * The tenant that a list is limited to. Fails with the problem that callers are told.
     *
     * @param asked for; empty: whatever is reached
     */
    public Optional<String> tenantWithin(Optional<String> asked) {
        if (tenant.isEmpty()) {
            return asked;
        }
        if (asked.isPresent() && !asked.equals(tenant)) {
            throw outOfScope("Your key does not reach this tenant.");
        }
        return tenant;
    }

    /** For lists that name one queue, or none. Fails with the problem that callers are told. */
    public void requireNamed(Optional<String> queue) {
        if (!queues.isEmpty() && !queue.map(this::allowsQueue).orElse(false)) {
            throw outOfScope("Your key reaches some queues: name one of them as 'queue'.");
        }
    }

    /** The options of a new job, which becomes the tenant's. Fails with the problem that callers are told. */
    public JobOptions within(String queue, JobOptions options) {
        if (!allowsQueue(queue)) {
            throw outOfScope("Your key does not reach the queue '" + queue + "'.");
        }
        return owned(options);
    }

    /** As {@link #within}, for a job that is known to be in a queue of the scope. */
    public JobOptions owned(JobOptions options) {
        if (tenant.isEmpty()) {
            return options;
        }
        if (!options.labels().tenant().map(tenant.get()::equals).orElse(true)) {
            throw outOfScope("Your key does not reach this tenant.");
        }
        return options.withTenant(tenant.get());
    }

    public static ProblemException outOfScope(String detail) {
        return ProblemException.of(ProblemCode.OUT_OF_SCOPE, detail);
    }

    private static boolean matches(String pattern, String queue) {
        return pattern.endsWith("*")
                ? queue.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(queue);
    }
}
