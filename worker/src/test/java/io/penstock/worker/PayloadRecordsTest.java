package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.queue.JobTypes;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A field that a producer may leave out is null in the handler. So its payload record says that it may be, or demands it. */
class PayloadRecordsTest {

    private static final List<Class<? extends Annotation>> DEMANDS =
            List.of(NotNull.class, NotBlank.class, NotEmpty.class);

    @Test
    void everyReferenceThatMayBeMissingSaysSo() {
        List<String> silent = new ArrayList<>();
        List<JobTypeSource> sources = sources();
        for (JobType<?> type : new JobTypes(sources).all()) {
            for (RecordComponent component : Stream.ofNullable(
                            type.payloadClass().getRecordComponents())
                    .flatMap(Stream::of)
                    .toList()) {
                if (!component.getType().isPrimitive() && !isDemanded(type, component) && !isNullable(component)) {
                    silent.add(type.name() + ": " + component.getName());
                }
            }
        }

        assertThat(sources).hasSizeGreaterThan(3);
        assertThat(silent).isEmpty();
    }

    private static List<JobTypeSource> sources() {
        List<JobTypeSource> sources = new ArrayList<>();
        for (JavaClass found : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.penstock.common")) {
            if (found.isAssignableTo(JobTypeSource.class) && !found.isInterface() && !found.isAnonymousClass()) {
                sources.add(made(found));
            }
        }
        return sources;
    }

    private static JobTypeSource made(JavaClass source) {
        try {
            var constructor = source.reflect().getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return (JobTypeSource) constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + source.getName(), e);
        }
    }

    /** A compact constructor that puts a value in the place of null demands none. */
    private static boolean isDemanded(JobType<?> type, RecordComponent component) {
        return Stream.of(component, component.getAccessor(), parameterOf(type, component))
                .anyMatch(place -> DEMANDS.stream().anyMatch(place::isAnnotationPresent));
    }

    private static AnnotatedElement parameterOf(JobType<?> type, RecordComponent component) {
        return Stream.of(type.payloadClass().getDeclaredConstructors()[0].getParameters())
                .filter(parameter -> parameter.getName().equals(component.getName()))
                .findFirst()
                .<AnnotatedElement>map(parameter -> parameter)
                .orElse(component);
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
