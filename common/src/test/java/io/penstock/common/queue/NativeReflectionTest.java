package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeReflectionTest {

    private enum Colour {
        RED
    }

    private record Forgotten(int count) {}

    private static final class Bean {}

    private record Plain(
            int count, String text, Instant at, BigDecimal price, Colour colour, List<Map<String, Long>> more) {}

    private record Holding(Plain plain, Map<String, ? extends List<Optional<Forgotten[]>>> within) {}

    private record Tree(List<Tree> children) {}

    @RegisterForReflection
    private record Annotated(int count) {}

    private final Thread thread = Thread.currentThread();
    private final ClassLoader before = thread.getContextClassLoader();

    @TempDir
    Path built;

    private URLClassLoader application;

    /** What the build of an application would list. */
    @BeforeEach
    void build() throws IOException {
        Path list = built.resolve(NativeReflection.REGISTERED);
        Files.createDirectories(list.getParent());
        Files.write(list, List.of(Plain.class.getName(), Holding.class.getName(), Tree.class.getName()));
        application = new URLClassLoader(new URL[] {built.toUri().toURL()}, before);
        thread.setContextClassLoader(application);
    }

    @AfterEach
    void restore() throws IOException {
        thread.setContextClassLoader(before);
        application.close();
    }

    @Test
    void namesTheClassThatIsNotRegisteredAndWhatToDo() {
        assertThat(NativeReflection.faultOf(new Forgotten(1))).hasValueSatisfying(fault -> assertThat(fault)
                .startsWith(Forgotten.class.getName())
                .contains("use a record in the package of the handler"));
    }

    @Test
    void findsItWithinWhatIsRegistered() {
        assertThat(NativeReflection.faultOfClass(Holding.class))
                .hasValueSatisfying(fault -> assertThat(fault).startsWith(Forgotten.class.getName()));
        assertThat(NativeReflection.faultOf(List.of(1, new Forgotten(1)))).isPresent();
        assertThat(NativeReflection.faultOf(Map.of("a", new Forgotten(1)))).isPresent();
    }

    @Test
    void takesWhatIsRegisteredOrNeedsNot() {
        assertThat(NativeReflection.faultOfClass(Plain.class)).isEmpty();
        assertThat(NativeReflection.faultOfClass(Tree.class)).isEmpty();
        assertThat(NativeReflection.faultOfClass(Annotated.class)).isEmpty();
        assertThat(NativeReflection.faultOf("text")).isEmpty();
        assertThat(NativeReflection.faultOf(Map.of("a", 1L))).isEmpty();
    }

    @Test
    void whereNothingWasBuiltARecordIsTakenForRegisteredAndAnotherClassIsNot() {
        thread.setContextClassLoader(before);

        assertThat(NativeReflection.faultOf(new Forgotten(1))).isEmpty();
        assertThat(NativeReflection.faultOf(new Bean())).isPresent();
    }
}
