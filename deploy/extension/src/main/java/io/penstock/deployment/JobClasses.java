package io.penstock.deployment;

import io.quarkus.deployment.util.JandexUtil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.FieldInfo;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;
import org.jboss.jandex.ParameterizedType;
import org.jboss.jandex.Type;

/**
 * The classes that become JSON because jobs are made of them, found in the index of an application. Payloads are what a job type,
 * a batch type or a handler names. Results have no such type in any signature, so every record beside a handler or a declaration of types
 * counts: what a job returns, and what payload and result consist of, is written there.
 */
final class JobClasses {

    /** Their type argument is a payload, or an item of a batch. */
    private static final List<DotName> TYPES =
            names("io.penstock.common.job.JobType", "io.penstock.common.batch.BatchType");

    /** Their type arguments are a payload, or an item of a batch and what is fetched for it. */
    private static final List<DotName> HANDLERS = names(
            "io.penstock.worker.run.JobHandler",
            "io.penstock.worker.run.BlockingJobHandler",
            "io.penstock.worker.batch.BatchHandler",
            "io.penstock.worker.batch.FetchingBatchHandler",
            "io.penstock.worker.batch.TransactionalBatchHandler");

    private static final List<DotName> SOURCES =
            names("io.penstock.common.job.JobTypeSource", "io.penstock.common.batch.BatchTypeSource");

    private final IndexView index;

    JobClasses(IndexView index) {
        this.index = index;
    }

    /** By name, each once; what they consist of is not among them. */
    Collection<Type> find() {
        Map<String, Type> found = new LinkedHashMap<>();
        Set<String> packages = new TreeSet<>();
        for (DotName handler : HANDLERS) {
            for (ClassInfo type : index.getAllKnownImplementations(handler)) {
                for (Type argument : JandexUtil.resolveTypeParameters(type.name(), handler, index)) {
                    if (isClass(argument)) {
                        found.put(argument.toString(), argument);
                        packages.add(type.name().packagePrefix());
                    }
                }
            }
        }
        for (DotName source : SOURCES) {
            index.getAllKnownImplementations(source)
                    .forEach(type -> packages.add(type.name().packagePrefix()));
        }
        for (ClassInfo type : index.getKnownClasses()) {
            declaredBy(type).forEach(payload -> found.put(payload.toString(), payload));
        }
        for (String name : packages) {
            for (ClassInfo type : index.getClassesInPackage(name)) {
                if (type.isRecord()) {
                    found.put(type.name().toString(), Type.create(type.name(), Type.Kind.CLASS));
                }
            }
        }
        return found.values();
    }

    private static List<Type> declaredBy(ClassInfo type) {
        List<Type> payloads = new ArrayList<>();
        for (FieldInfo field : type.fields()) {
            addPayload(field.type(), payloads);
        }
        for (MethodInfo method : type.methods()) {
            addPayload(method.returnType(), payloads);
        }
        return payloads;
    }

    private static void addPayload(Type declared, List<Type> payloads) {
        if (declared.kind() == Type.Kind.PARAMETERIZED_TYPE && TYPES.contains(declared.name())) {
            Type payload = ((ParameterizedType) declared).arguments().get(0);
            if (isClass(payload)) {
                payloads.add(payload);
            }
        }
    }

    /** Not a variable of a class that leaves the payload open. */
    private static boolean isClass(Type type) {
        return type.kind() == Type.Kind.CLASS || type.kind() == Type.Kind.PARAMETERIZED_TYPE;
    }

    private static List<DotName> names(String... names) {
        return List.of(names).stream().map(DotName::createSimple).toList();
    }
}
