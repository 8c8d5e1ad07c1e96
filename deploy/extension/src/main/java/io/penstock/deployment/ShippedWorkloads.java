package io.penstock.deployment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * The workloads that come with Penstock's own jars: offers, orders and the like. Its own deployables have them; an application that uses the jars
 * as libraries gets those that it asks for.
 */
final class ShippedWorkloads {

    private static final DotName SOURCE = DotName.createSimple("io.penstock.common.job.JobTypeSource");
    private static final String COMMON = "io.penstock.common.";
    private static final List<String> MODULES = List.of(COMMON, "io.penstock.worker.", "io.penstock.api.");
    /** A ping and the like: for every application, with a switch of its own. */
    private static final String DIAGNOSTICS = "diagnostics";

    private final IndexView index;

    ShippedWorkloads(IndexView index) {
        this.index = index;
    }

    /** By the last part of their package. A source that says what workload it is of belongs to the platform. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (ClassInfo source : index.getAllKnownImplementations(SOURCE)) {
            String declaredIn = source.name().packagePrefix();
            if (declaredIn.startsWith(COMMON) && source.firstMethod("workload") == null) {
                names.add(declaredIn.substring(COMMON.length()));
            }
        }
        names.remove(DIAGNOSTICS);
        return names;
    }

    /**
     * All classes of the workloads that are not asked for.
     *
     * @throws IllegalArgumentException for a name that is no workload
     */
    Collection<ClassInfo> leftOut(Collection<String> asked) {
        Set<String> out = names();
        for (String name : asked) {
            if (!out.remove(name)) {
                throw new IllegalArgumentException("penstock.shipped-workloads names no workload that ships: '" + name
                        + "'. There are: " + String.join(", ", names()));
            }
        }
        List<ClassInfo> classes = new ArrayList<>();
        for (ClassInfo type : index.getKnownClasses()) {
            if (isOf(out, type.name().packagePrefix())) {
                classes.add(type);
            }
        }
        return classes;
    }

    private static boolean isOf(Set<String> workloads, String name) {
        for (String module : MODULES) {
            if (name != null && name.startsWith(module)) {
                return workloads.contains(name.substring(module.length()).split("\\.", 2)[0]);
            }
        }
        return false;
    }
}
