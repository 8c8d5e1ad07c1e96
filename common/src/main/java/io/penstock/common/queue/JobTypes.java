package io.penstock.common.queue;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.job.WorkloadPart;
import io.quarkus.runtime.LaunchMode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All job types of this deployment, collected from every {@link JobTypeSource} bean whose workload is switched on. */
@ApplicationScoped
public class JobTypes {

    private final Map<String, JobType<?>> byName = new TreeMap<>();
    private final Set<String> switchedOff = new HashSet<>();

    /**
     * Fails on two types with one name, on a payload that is no record, and on a switch for a workload that does not exist. In
     * development and tests also on a constant that its source does not list, and on payloads that a native image could not read.
     */
    @Inject
    public JobTypes(@Any Instance<JobTypeSource> sources, WorkloadConfig workloads) {
        this(sources, workloads.off());
        checkNames(sources, workloads.byName().keySet());
        all().forEach(JobTypes::checkPayload);
        if (LaunchMode.current().isDevOrTest()) {
            sources.forEach(JobTypes::checkAllListed);
            all().forEach(JobTypes::checkRegistered);
        }
    }

    /** For programs without a bean container. Fails on two types with one name. */
    public JobTypes(Iterable<JobTypeSource> sources) {
        this(sources, Set.of());
    }

    JobTypes(Iterable<JobTypeSource> sources, Set<String> workloadsOff) {
        for (JobTypeSource source : sources) {
            for (JobType<?> type : source.jobTypes()) {
                if (workloadsOff.contains(source.workload())) {
                    switchedOff.add(type.name());
                } else if (byName.putIfAbsent(type.name(), type) != null) {
                    throw new IllegalStateException("two job types are named '" + type.name() + "'");
                }
            }
        }
    }

    /** A switch that meets nothing would leave running what somebody wants stopped. */
    static void checkNames(Iterable<JobTypeSource> sources, Set<String> configured) {
        Set<String> known = new TreeSet<>();
        sources.forEach(source -> known.add(source.workload()));
        known.remove(WorkloadPart.PLATFORM);
        for (String name : configured) {
            if (!known.contains(name)) {
                throw new IllegalStateException(
                        "penstock.workload." + name + ": no such workload can be switched; there are " + known);
            }
        }
    }

    /** Beside the list that it is missing from, a forgotten type is easily seen; anywhere else only its first job tells. */
    static void checkAllListed(JobTypeSource source) {
        Set<String> listed = new HashSet<>();
        source.jobTypes().forEach(type -> listed.add(type.name()));
        for (Class<?> declaring = source.getClass(); declaring != null; declaring = declaring.getSuperclass()) {
            for (Field constant : declaring.getDeclaredFields()) {
                if (Modifier.isStatic(constant.getModifiers()) && constant.getType() == JobType.class) {
                    JobType<?> type = valueOf(constant);
                    if (!listed.contains(type.name())) {
                        throw new IllegalStateException("jobTypes() of " + declaring.getName()
                                + " does not list the job type '" + type.name() + "' (" + constant.getName() + ")");
                    }
                }
            }
        }
    }

    private static JobType<?> valueOf(Field constant) {
        try {
            constant.setAccessible(true);
            return (JobType<?>) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What else would be read from JSON is anybody's guess: text has no fields, a map no constraints. */
    static void checkPayload(JobType<?> type) {
        if (!type.payloadClass().isRecord()) {
            throw new IllegalStateException("the payload of the job type '" + type.name() + "' is "
                    + type.payloadClass().getName() + ", which is no record");
        }
    }

    private static void checkRegistered(JobType<?> type) {
        NativeReflection.faultOfClass(type.payloadClass()).ifPresent(fault -> {
            throw new IllegalStateException("the payload of the job type '" + type.name() + "': " + fault);
        });
    }

    /** Empty: there is none here, or its workload is switched off. */
    public Optional<JobType<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Fails with {@link UnknownJobTypeException}. */
    public JobType<?> named(String name) {
        JobType<?> type = byName.get(name);
        if (type == null) {
            throw switchedOff.contains(name)
                    ? UnknownJobTypeException.switchedOff(name)
                    : new UnknownJobTypeException(name);
        }
        return type;
    }

    /** Refuses a constant that no {@link JobTypeSource} lists: nothing could read its jobs. */
    public void requireListed(JobType<?> type) {
        if (!byName.containsKey(type.name())) {
            throw switchedOff.contains(type.name())
                    ? UnknownJobTypeException.switchedOff(type.name())
                    : UnknownJobTypeException.notListed(type.name());
        }
    }

    /** Whether the type is of a workload that this deployment leaves out. */
    public boolean isSwitchedOff(JobType<?> type) {
        return switchedOff.contains(type.name());
    }

    public Collection<JobType<?>> all() {
        return byName.values();
    }
}
