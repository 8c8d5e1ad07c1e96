package io.penstock.common.queue;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

/**
 * Finds classes that JSON needs and a native executable would not have. The build of an application registers what it finds,
 * and lists it in {@link #REGISTERED}; a JVM has all classes, so that only a check tells before the release does. Asked in development and in
 * tests, where it may take its time.
 */
public final class NativeReflection {

    /** A resource of the built application: the names of all classes that it registers, one a line. */
    public static final String REGISTERED = "META-INF/penstock/registered-for-reflection.txt";

    /** By class loader: in development each reload has another. */
    private static final Map<ClassLoader, Optional<Set<String>>> LISTS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private NativeReflection() {}

    private static Optional<Set<String>> registered() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return LISTS.computeIfAbsent(
                loader == null ? NativeReflection.class.getClassLoader() : loader, NativeReflection::read);
    }

    private static Optional<Set<String>> read(ClassLoader loader) {
        try (InputStream list = loader.getResourceAsStream(REGISTERED)) {
            return list == null
                    ? Optional.empty()
                    : Optional.of(new String(list.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .collect(Collectors.toUnmodifiableSet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where no application was built, as in a plain test, nobody knows; records are what a build finds. */
    private static boolean isRegistered(Class<?> type) {
        return type.isAnnotationPresent(RegisterForReflection.class)
                || registered().map(names -> names.contains(type.getName())).orElseGet(type::isRecord);
    }

    /**
     * Says what is wrong with a value that becomes JSON.
     *
     * @return what to do about the first class that is not registered; empty where all are
     */
    public static Optional<String> faultOf(Object value) {
        Set<Class<?>> seen = new HashSet<>();
        if (value instanceof Map<?, ?> map) {
            return firstFault(map.values(), seen);
        }
        return value instanceof Iterable<?> several ? firstFault(several, seen) : faultOfType(value.getClass(), seen);
    }

    /** As {@link #faultOf(Object)}, for all values of a class. */
    public static Optional<String> faultOfClass(Class<?> type) {
        return faultOfType(type, new HashSet<>());
    }

    private static Optional<String> firstFault(Iterable<?> values, Set<Class<?>> seen) {
        for (Object value : values) {
            Optional<String> fault = value == null ? Optional.empty() : faultOfType(value.getClass(), seen);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> faultOfType(Type type, Set<Class<?>> seen) {
        if (type instanceof ParameterizedType generic) {
            Optional<String> fault = faultOfType(generic.getRawType(), seen);
            for (Type argument : generic.getActualTypeArguments()) {
                fault = fault.or(() -> faultOfType(argument, seen));
            }
            return fault;
        }
        if (type instanceof WildcardType wildcard) {
            return faultOfType(wildcard.getUpperBounds()[0], seen);
        }
        return type instanceof Class<?> plain ? faultOfPlain(plain, seen) : Optional.empty();
    }

    private static Optional<String> faultOfPlain(Class<?> type, Set<Class<?>> seen) {
        if (type.isArray()) {
            return faultOfPlain(type.getComponentType(), seen);
        }
        if (isKnownToJson(type) || !seen.add(type)) {
            return Optional.empty();
        }
        if (!isRegistered(type)) {
            return Optional.of(type.getName()
                    + " is not registered for reflection, so that a native executable could not turn it into JSON or"
                    + " back: use a record in the package of the handler, or put @RegisterForReflection on it");
        }
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Optional<String> fault = faultOfType(component.getGenericType(), seen);
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    /** What the JDK, Jackson and Vert.x bring needs no registration; of an interface nobody can know. */
    private static boolean isKnownToJson(Class<?> type) {
        String name = type.getName();
        return type.isPrimitive()
                || type.isEnum()
                || type.isInterface()
                || name.startsWith("java.")
                || name.startsWith("com.fasterxml.jackson.")
                || name.startsWith("io.vertx.");
    }
}
