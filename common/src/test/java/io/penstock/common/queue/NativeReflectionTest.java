package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.operations.BulkOperation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeReflectionTest {

    private enum Colour {
        RED
    }

    private record Forgotten(int count) {}

    @RegisterForReflection
    private record Plain(
            int count, String text, Instant at, BigDecimal price, Colour colour, List<Map<String, Long>> more) {}

    @RegisterForReflection
    private record Holding(Plain plain, Map<String, ? extends List<Optional<Forgotten[]>>> within) {}

    @RegisterForReflection
    private record Tree(List<Tree> children) {}

    @Test
    void namesTheClassThatIsNotRegisteredAndWhatToDo() {
        assertThat(NativeReflection.faultOf(new Forgotten(1))).hasValueSatisfying(fault -> assertThat(fault)
                .startsWith(Forgotten.class.getName())
                .contains("put @RegisterForReflection on it"));
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
        assertThat(NativeReflection.faultOf("text")).isEmpty();
        assertThat(NativeReflection.faultOf(Map.of("a", 1L))).isEmpty();
    }

    @Test
    void theResultOfABulkOperationIsRegistered() {
        assertThat(NativeReflection.faultOfClass(BulkOperation.Progress.class)).isEmpty();
    }
}
