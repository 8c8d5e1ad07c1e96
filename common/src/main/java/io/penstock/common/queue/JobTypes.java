package io.penstock.common.queue;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.UnknownJobTypeException;
import io.quarkus.runtime.LaunchMode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** All job types of this deployment, collected from every {@link JobTypeSource} bean. */
@ApplicationScoped
public class JobTypes {

    private final Map<String, JobType<?>> byName = new TreeMap<>();

    @Inject
    public JobTypes(@Any Instance<JobTypeSource> sources) {
        this((Iterable<JobTypeSource>) sources);
        if (LaunchMode.current().isDevOrTest()) {
            all().forEach(JobTypes::checkRegistered);
        }
    }

    /** For programs without a bean container. Fails on two types with one name. */
    public JobTypes(Iterable<JobTypeSource> sources) {
        for (JobTypeSource source : sources) {
            for (JobType<?> type : source.jobTypes()) {
                if (byName.putIfAbsent(type.name(), type) != null) {
                    throw new IllegalStateException("two job types are named '" + type.name() + "'");
                }
            }
        }
    }

    private static void checkRegistered(JobType<?> type) {
        NativeReflection.faultOfClass(type.payloadClass()).ifPresent(fault -> {
            throw new IllegalStateException("the payload of the job type '" + type.name() + "': " + fault);
        });
    }

    /** Fails with {@link UnknownJobTypeException}. */
    public JobType<?> named(String name) {
        JobType<?> type = byName.get(name);
        if (type == null) {
            throw new UnknownJobTypeException(name);
        }
        return type;
    }

    public Collection<JobType<?>> all() {
        return byName.values();
    }
}
