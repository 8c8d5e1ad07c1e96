package io.penstock.common.batch;

import io.penstock.common.queue.NativeReflection;
import io.penstock.common.queue.WorkloadConfig;
import io.quarkus.runtime.LaunchMode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All batch types of this deployment, collected from every {@link BatchTypeSource} whose workload is switched on. */
@ApplicationScoped
public class BatchTypes {

    private final Map<String, BatchType<?>> byName = new TreeMap<>();
    private final Set<String> switchedOff = new HashSet<>();

    /** Fails on two types with one name; in development and tests also on items that a native image could not read. */
    @Inject
    public BatchTypes(@Any Instance<BatchTypeSource> sources, WorkloadConfig workloads) {
        this(sources, workloads.off());
        if (LaunchMode.current().isDevOrTest()) {
            byName.values().forEach(BatchTypes::checkRegistered);
        }
    }

    /** For programs without a bean container. */
    public BatchTypes(Iterable<BatchTypeSource> sources) {
        this(sources, Set.of());
    }

    private BatchTypes(Iterable<BatchTypeSource> sources, Set<String> workloadsOff) {
        for (BatchTypeSource source : sources) {
            for (BatchType<?> type : source.batchTypes()) {
                if (workloadsOff.contains(source.workload())) {
                    switchedOff.add(type.name());
                } else if (byName.putIfAbsent(type.name(), type) != null) {
                    throw new IllegalStateException("two batch types are named '" + type.name() + "'");
                }
            }
        }
    }

    private static void checkRegistered(BatchType<?> type) {
        NativeReflection.faultOfClass(type.itemClass()).ifPresent(fault -> {
            throw new IllegalStateException("the items of the batch type '" + type.name() + "': " + fault);
        });
    }

    /** Fails with {@link InvalidBatchException}. */
    public BatchType<?> named(String name) {
        BatchType<?> type = byName.get(name);
        if (type == null) {
            throw new InvalidBatchException("type", "no batch type is named '" + name + "'");
        }
        return type;
    }

    /** Whether the type is of a workload that this deployment leaves out. */
    public boolean isSwitchedOff(BatchType<?> type) {
        return switchedOff.contains(type.name());
    }

    public Collection<BatchType<?>> all() {
        return byName.values();
    }
}
