package io.penstock.deployment;

import io.penstock.common.queue.NativeReflection;
import io.penstock.common.schema.KnownMigrations;
import io.quarkus.arc.deployment.BuildTimeConditionBuildItem;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.GeneratedResourceBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourceBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourcePatternsBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveClassBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveHierarchyBuildItem;
import io.quarkus.deployment.pkg.builditem.CurateOutcomeBuildItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.microprofile.config.ConfigProvider;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Type;

/** The build steps. Called by Quarkus for every application that has {@code penstock-common} among its libraries. */
class PenstockProcessor {

    private static final String MIGRATIONS = "db/migration";

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem("penstock");
    }

    /** As if each of their classes were annotated to be left out: no bean, no endpoint, no job type, no schedule. */
    @BuildStep
    void leaveOutShippedWorkloads(
            CombinedIndexBuildItem index,
            CurateOutcomeBuildItem application,
            BuildProducer<BuildTimeConditionBuildItem> conditions) {
        if (isOneOfOurs(application)) {
            return;
        }
        List<String> asked = ConfigProvider.getConfig()
                .getOptionalValues("penstock.shipped-workloads", String.class)
                .orElse(List.of());
        new ShippedWorkloads(index.getIndex())
                .leftOut(asked)
                .forEach(type -> conditions.produce(new BuildTimeConditionBuildItem(type, false)));
    }

    private static boolean isOneOfOurs(CurateOutcomeBuildItem application) {
        return application.getApplicationModel().getAppArtifact().getGroupId().equals("io.penstock");
    }

    /** Payloads, items and results, and whatever they consist of. */
    @BuildStep
    void registerJobClasses(CombinedIndexBuildItem index, BuildProducer<ReflectiveHierarchyBuildItem> registered) {
        for (Type type : new JobClasses(index.getComputingIndex()).find()) {
            registered.produce(ReflectiveHierarchyBuildItem.builder(type)
                    .index(index.getComputingIndex())
                    .source("a payload or result of jobs")
                    .build());
        }
    }

    @BuildStep
    NativeImageResourcePatternsBuildItem registerResources() {
        return NativeImageResourcePatternsBuildItem.builder()
                .includeGlobs(NativeResources.GLOBS)
                .build();
    }

    /** So that a start can tell by one query whether the tables are up to date. Where the list is empty, each start asks Flyway. */
    @BuildStep
    void listMigrations(
            CombinedIndexBuildItem index,
            BuildProducer<GeneratedResourceBuildItem> resources,
            BuildProducer<NativeImageResourceBuildItem> taken)
            throws IOException {
        String list = onlyFilesInTheUsualPlace(index.getIndex()) ? Migrations.list(MIGRATIONS) : "";
        resources.produce(
                new GeneratedResourceBuildItem(KnownMigrations.RESOURCE, list.getBytes(StandardCharsets.UTF_8)));
        taken.produce(new NativeImageResourceBuildItem(KnownMigrations.RESOURCE));
    }

    private static boolean onlyFilesInTheUsualPlace(IndexView index) {
        boolean elsewhere = ConfigProvider.getConfig()
                .getOptionalValues("quarkus.flyway.locations", String.class)
                .filter(places -> !places.equals(List.of(MIGRATIONS)))
                .isPresent();
        return !elsewhere && !hasOwn(JavaMigration.class, index) && !hasOwn(Callback.class, index);
    }

    /** Flyway itself is in the index, too. */
    private static boolean hasOwn(Class<?> extensionPoint, IndexView index) {
        return index.getAllKnownImplementations(extensionPoint).stream()
                .anyMatch(type -> !type.name().toString().startsWith("org.flywaydb."));
    }

    /** For {@link NativeReflection}, which tells in development and in tests what a native executable would lack. */
    @BuildStep
    GeneratedResourceBuildItem listRegistered(List<ReflectiveClassBuildItem> registered) {
        TreeSet<String> names = new TreeSet<>();
        registered.forEach(item -> names.addAll(item.getClassNames()));
        return new GeneratedResourceBuildItem(
                NativeReflection.REGISTERED, String.join("\n", names).getBytes(StandardCharsets.UTF_8));
    }
}
