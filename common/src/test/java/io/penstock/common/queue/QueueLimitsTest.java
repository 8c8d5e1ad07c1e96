package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueLimitsTest {

    private static final RateLimit FAST = new RateLimit(100, Duration.ofSeconds(1), 10);
    private static final RateLimit SLOW = new RateLimit(1, Duration.ofHours(1), 1);
    private static final QueueLimits ALL = new QueueLimits(
            OptionalInt.of(7), Optional.of(FAST), OptionalInt.of(9), OptionalInt.of(2), Optional.of(SLOW));

    private static QueueLimits concurrency(int value) {
        return new QueueLimits(
                OptionalInt.of(value), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    private static QueueLimits rate(RateLimit limit) {
        return new QueueLimits(
                OptionalInt.empty(), Optional.of(limit), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    private static LimitOverrides overrides(long version, QueueLimits limits) {
        return new LimitOverrides(version, Map.of("orders", new LimitOverride(limits, "ann", Instant.EPOCH)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001, 1_000_000_000})
    void refusesANumberThatIsNoLimit(int value) {
        assertThatThrownBy(() -> concurrency(value))
                .isInstanceOf(InvalidLimitException.class)
                .hasMessageContaining("concurrency: must be 1 to 10000");
    }

    @Test
    void refusesRatesThatCannotBeCounted() {
        assertThatThrownBy(() -> rate(new RateLimit(1_000_000_000, Duration.ofHours(1), 1)))
                .hasMessageContaining("rateLimit.permits");
        assertThatThrownBy(() -> rate(new RateLimit(1, Duration.ofDays(367), 1)))
                .hasMessageContaining("rateLimit.perMs");
        assertThatThrownBy(() -> rate(new RateLimit(1_001, Duration.ofMillis(1), 1)))
                .hasMessageContaining("one in a microsecond");
    }

    @Test
    void overridesWhatItNamesAndLeavesTheRest() {
        QueuePolicy configured = QueuePolicy.builder("orders")
                .concurrency(5)
                .rateLimit(Optional.of(SLOW), Set.of("slow.type"))
                .keepCompleted(33)
                .build();
        QueuePolicy inForce = ALL.applyTo(configured);
        assertThat(inForce.slots().concurrency()).isEqualTo(7);
        assertThat(inForce.limits())
                .isEqualTo(new QueuePolicy.Limits(Optional.of(FAST), Set.of("slow.type"), OptionalInt.of(9)));
        assertThat(inForce.sharing().groups()).isEqualTo(new QueuePolicy.GroupPolicy(2, Optional.of(SLOW)));
        assertThat(inForce.retention()).isEqualTo(configured.retention());

        QueuePolicy one = concurrency(8).applyTo(configured);
        assertThat(one).isEqualTo(configured.withConcurrency(8));
        assertThat(QueueLimits.NONE.applyTo(configured)).isSameAs(configured);
    }

    @Test
    void aQueueOfSeveralPartitionsCannotCountAllStarts() {
        QueuePolicy wide = QueuePolicy.defaults("orders").withPartitions(3);
        assertThatThrownBy(() -> rate(FAST).applyTo(wide))
                .isInstanceOf(InvalidLimitException.class)
                .hasMessageContaining("rateLimit: the queue has 3 partitions");
        assertThat(concurrency(2).applyTo(wide).slots().concurrency()).isEqualTo(2);
    }

    @Test
    void isStoredWithAVersion() {
        LimitOverride override = new LimitOverride(ALL, "ann \"x\"", Instant.ofEpochMilli(12_345));
        String text = LimitOverrideCodec.encode(override);
        assertThat(text).startsWith("{\"v\":1,").doesNotContain("\n");
        assertThat(LimitOverrideCodec.decode(text)).contains(override);
        LimitOverride nothing = new LimitOverride(QueueLimits.NONE, "ann", Instant.EPOCH);
        assertThat(LimitOverrideCodec.decode(LimitOverrideCodec.encode(nothing)))
                .contains(nothing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"v\":2,\"concurrency\":3}", "{}", "no json", "{\"v\":1,\"concurrency\":0}"})
    void whatANewerReleaseStoredIsPassedOver(String text) {
        assertThat(LimitOverrideCodec.decode(text)).isEmpty();
    }

    @Test
    void aPolicyIsTheSameObjectUntilSomethingChanges() {
        QueuePolicy configured = QueuePolicy.defaults("orders");
        QueuePolicies policies = new QueuePolicies(List.of(configured, QueuePolicy.defaults("letters")));
        List<String> heard = new ArrayList<>();
        Runnable stop = policies.onChange(heard::add);
        assertThat(policies.inForce(configured)).isSameAs(configured);

        policies.override(overrides(1, concurrency(2)));
        QueuePolicy inForce = policies.inForce(configured);
        assertThat(inForce).isEqualTo(configured.withConcurrency(2)).isSameAs(policies.named("orders"));
        assertThat(policies.inForce(inForce)).isSameAs(inForce);
        assertThat(policies.configured("orders")).isSameAs(configured);
        assertThat(heard).containsExactly("orders");

        policies.override(overrides(2, concurrency(2)));
        assertThat(policies.inForce(configured)).isSameAs(inForce);
        policies.override(overrides(3, QueueLimits.NONE));
        assertThat(policies.inForce(configured)).isSameAs(configured);
        assertThat(policies.override("orders")).map(LimitOverride::changedBy).contains("ann");
        assertThat(heard).containsExactly("orders", "orders");

        stop.run();
        policies.override(overrides(4, concurrency(9)));
        assertThat(heard).hasSize(2);
    }

    @Test
    void limitsThatAChangedConfigurationDoesNotAllowDoNotStopTheQueue() {
        QueuePolicy wide = QueuePolicy.defaults("orders").withPartitions(3);
        QueuePolicies policies = new QueuePolicies(List.of(wide));
        policies.override(overrides(1, rate(FAST)));
        assertThat(policies.named("orders")).isEqualTo(wide);
    }
}
