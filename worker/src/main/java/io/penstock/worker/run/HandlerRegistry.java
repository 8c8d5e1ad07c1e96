package io.penstock.worker.run;

import io.penstock.common.job.JobType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/** Which handler does which job type. Two handlers for one type are an error of the deployment and stop the start. */
public final class HandlerRegistry {

    private final Map<String, JobHandler<?>> byType = new TreeMap<>();

    /** @param blockingThreads run the blocking handlers */
    public HandlerRegistry(
            Iterable<? extends JobHandler<?>> handlers,
            Iterable<? extends BlockingJobHandler<?>> blockingHandlers,
            ExecutorService blockingThreads) {
        List<JobHandler<?>> all = new ArrayList<>();
        handlers.forEach(all::add);
        blockingHandlers.forEach(handler -> all.add(new BlockingHandlerAdapter<>(handler, blockingThreads)));
        all.forEach(this::register);
    }

    private void register(JobHandler<?> handler) {
        String type = handler.type().name();
        JobHandler<?> other = byType.putIfAbsent(type, handler);
        if (other != null) {
            throw new IllegalStateException("two handlers for job type '" + type + "'");
        }
    }

    public Optional<JobHandler<?>> find(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    /** Queues in which the handled types wait. */
    public Set<String> queues() {
        return types().stream().map(JobType::queue).collect(Collectors.toSet());
    }

    private Collection<JobType<?>> types() {
        return byType.values().stream().map(JobHandler::type).collect(Collectors.toList());
    }
}
