package io.penstock.common.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import io.penstock.common.job.JobTypeSource;
import java.util.ArrayList;
import java.util.List;

/** The walls of the house, to be checked in every module. Nothing here is about size. */
public final class DependencyRules {

    private static final List<String> DEPLOYABLES = List.of("api", "worker", "scheduler");
    /** Packages that declare job types, but for what the platform itself declares. */
    private static final List<String> WORKLOADS = workloads();

    private DependencyRules() {}

    private static List<String> workloads() {
        List<String> names = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.penstock.common")
                        .stream()
                        .filter(type -> type.isAssignableTo(JobTypeSource.class) && !type.isInterface())
                        .filter(type -> type.getMethods().stream()
                                .noneMatch(method -> method.getName().equals("workload")))
                        .map(type -> type.getPackageName().substring("io.penstock.common.".length()))
                        .distinct()
                        .toList();
        if (names.isEmpty()) {
            throw new IllegalStateException("no workload was found: these rules would check nothing");
        }
        return names;
    }

    public static ArchRule vocabularyDependsOnTheJdkAlone() {
        return classes()
                .that()
                .resideInAPackage("io.penstock.common.job..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.penstock.common.job..")
                .allowEmptyShould(true);
    }

    public static ArchRule onlyRedisPackagesKnowRedis() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("..redis..", "io.penstock.common.testing..")
                .and(areNotTheProbeOfTheServer())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.penstock.common.redis..", "io.penstock.common.queue.redis..", "io.vertx.redis..")
                .allowEmptyShould(true);
    }

    /** Health checks ask the server itself, not a queue. */
    private static DescribedPredicate<JavaClass> areNotTheProbeOfTheServer() {
        return DescribedPredicate.describe(
                "are not health checks",
                type -> !type.getPackageName().endsWith(".health")
                        && !type.getPackageName().endsWith(".observe"));
    }

    public static ArchRule deployablesDoNotKnowOneAnother() {
        List<ArchRule> rules = new ArrayList<>();
        for (String one : DEPLOYABLES) {
            String[] others = DEPLOYABLES.stream()
                    .filter(other -> !other.equals(one))
                    .map(other -> "io.penstock." + other + "..")
                    .toArray(String[]::new);
            rules.add(noClasses()
                    .that()
                    .resideInAPackage("io.penstock." + one + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .allowEmptyShould(true));
        }
        rules.add(noClasses()
                .that()
                .resideInAPackage("io.penstock.common..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DEPLOYABLES.stream()
                        .map(name -> "io.penstock." + name + "..")
                        .toArray(String[]::new))
                .allowEmptyShould(true));
        return CompositeArchRule.of(rules);
    }

    /** A workload may use the job types of another, nothing else of it. */
    public static ArchRule workloadsKnowOnlyEachOthersJobTypes() {
        List<ArchRule> rules = new ArrayList<>();
        for (String one : WORKLOADS) {
            for (String other : WORKLOADS) {
                if (!one.equals(other)) {
                    rules.add(noClasses()
                            .that()
                            .resideInAnyPackage("io.penstock.*." + one + "..")
                            .should()
                            .dependOnClassesThat(inWorkload(other))
                            .allowEmptyShould(true));
                }
            }
        }
        return CompositeArchRule.of(rules);
    }

    private static DescribedPredicate<JavaClass> inWorkload(String workload) {
        return DescribedPredicate.describe(
                "are of the workload " + workload,
                type -> type.getPackageName().matches("io\\.penstock\\.\\w+\\." + workload + "(\\..*)?")
                        && !type.getSimpleName().endsWith("Jobs"));
    }

    /** Job types and handlers are found as beans; what every workload uses must not name one. */
    public static ArchRule platformNamesNoWorkload() {
        String[] workloads =
                WORKLOADS.stream().map(name -> "io.penstock.*." + name + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("io.penstock..")
                .and()
                .resideOutsideOfPackages(workloads)
                .and()
                .resideOutsideOfPackage("io.penstock.local..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(workloads)
                .allowEmptyShould(true);
    }
}
