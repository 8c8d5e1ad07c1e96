package io.penstock.worker.run;

import io.penstock.common.job.JobType;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.JobTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * Which handler does which job type. Two handlers for one type, and a handler of a type that no source lists, are errors of the
 * deployment and stop the start. Handlers of a workload that is switched off are left out.
 */
public final class HandlerRegistry {

    private final Map<String, JobHandler<?>> byType = new TreeMap<>();

    /** @param blockingThreads run the blocking handlers */
    public HandlerRegistry(
            Iterable<? extends JobHandler<?>> handlers,
            Iterable<? extends BlockingJobHandler<?>> blockingHandlers,
            ExecutorService blockingThreads,
            JobTypes types) {
        for (JobHandler<?> handler : adapted(handlers, blockingHandlers, blockingThreads)) {
            requireType(handler);
            if (!types.isSwitchedOff(handler.type())) {
                requireListed(handler, types);
                register(handler);
            }
        }
    }

    /** For programs without a bean container: whatever the handlers name exists. */
    public HandlerRegistry(
            Iterable<? extends JobHandler<?>> handlers,
            Iterable<? extends BlockingJobHandler<?>> blockingHandlers,
            ExecutorService blockingThreads) {
        adapted(handlers, blockingHandlers, blockingThreads).forEach(this::register);
    }

    private static List<JobHandler<?>> adapted(
            Iterable<? extends JobHandler<?>> handlers,
            Iterable<? extends BlockingJobHandler<?>> blockingHandlers,
            ExecutorService blockingThreads) {
        List<JobHandler<?>> all = new ArrayList<>();
        handlers.forEach(all::add);
        blockingHandlers.forEach(handler -> all.add(new BlockingHandlerAdapter<>(handler, blockingThreads)));
        return all;
    }

    private static void requireType(JobHandler<?> handler) {
        if (handler.type() == null) {
            throw new IllegalStateException(
                    "the handler " + nameOf(handler) + " has no job type: type() returned null");
        }
    }

    private static void requireListed(JobHandler<?> handler, JobTypes types) {
        try {
            types.requireListed(handler.type());
        } catch (UnknownJobTypeException e) {
            throw new IllegalStateException("the handler " + nameOf(handler) + ": " + e.getMessage(), e);
        }
    }

    /** Of the class that somebody wrote: the container may have put another before it. */
    private static String nameOf(JobHandler<?> handler) {
        Object written = handler instanceof BlockingHandlerAdapter<?> adapter ? adapter.handler() : handler;
        return written.getClass().getName().replaceFirst("(_ClientProxy|_Subclass)$", "");
    }

    private void register(JobHandler<?> handler) {
        String type = handler.type().name();
        if (handler.type().gather().isPresent() != handler instanceof GatheredJobHandler) {
            throw new IllegalStateException("items of the job type '" + type
                    + "' are gathered if and only if its handler is a " + GatheredJobHandler.class.getSimpleName());
        }
        JobHandler<?> other = byType.putIfAbsent(type, handler);
        if (other != null) {
            throw new IllegalStateException(
                    "two handlers for job type '" + type + "': " + nameOf(other) + " and " + nameOf(handler));
        }
    }

    public Optional<JobHandler<?>> find(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    /** Names of the handled types, in their order. */
    public List<String> names() {
        return List.copyOf(byType.keySet());
    }

    /** Queues in which the handled types wait. */
    public Set<String> queues() {
        return types().stream().map(JobType::queue).collect(Collectors.toSet());
    }

    private Collection<JobType<?>> types() {
        return byType.values().stream().map(JobHandler::type).collect(Collectors.toList());
    }
}
