package io.penstock.common.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueEnvelopeTest {

    record Price(String asin, double amount) {}

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ValueEnvelope<Price> PRICES = new ValueEnvelope<>(MAPPER, Price.class, 3, 1_000_000);

    @Test
    void handsBackWhatItWasGiven() throws IOException {
        byte[] stored = PRICES.seal(new Price("B08", 1.5), 42).orElseThrow();

        assertThat(PRICES.open(stored)).contains(new ValueEnvelope.Opened<>(new Price("B08", 1.5), 42));
        assertThat(stored).hasSize(12 + "{\"asin\":\"B08\",\"amount\":1.5}".length());
    }

    @Test
    void remembersThatThereIsNothing() throws IOException {
        byte[] stored = PRICES.seal(null, 42).orElseThrow();

        assertThat(stored).hasSize(12);
        assertThat(PRICES.open(stored)).contains(new ValueEnvelope.Opened<>(null, 42));
    }

    @Test
    void largeValuesAreCompressed() throws IOException {
        Price large = new Price("x".repeat(100_000), 1);

        byte[] stored = PRICES.seal(large, 42).orElseThrow();

        assertThat(stored).hasSizeLessThan(2_000);
        assertThat(PRICES.open(stored).orElseThrow().value()).isEqualTo(large);
    }

    @Test
    void whatCannotBeCompressedIsStoredAsItIs() throws IOException {
        StringBuilder noise = new StringBuilder();
        new Random(1).ints(3_000, 'A', 'Z').forEach(letter -> noise.append((char) letter));
        Price large = new Price(noise.toString(), 1);

        assertThat(PRICES.open(PRICES.seal(large, 42).orElseThrow())
                        .orElseThrow()
                        .value())
                .isEqualTo(large);
    }

    @Test
    void aValueThatIsTooLargeIsNotStored() throws IOException {
        ValueEnvelope<List<?>> small = new ValueEnvelope<>(MAPPER, listClass(), 1, 1_000);

        assertThat(small.seal(List.of("x".repeat(1_001)), 42)).isEmpty();
        assertThat(small.seal(List.of("x".repeat(990)), 42)).isPresent();
    }

    @Test
    void anotherVersionOfTheValuesIsAMiss() throws IOException {
        byte[] stored = PRICES.seal(new Price("B08", 1.5), 42).orElseThrow();

        assertThat(new ValueEnvelope<>(MAPPER, Price.class, 4, 1_000_000).open(stored))
                .isEmpty();
    }

    @Test
    void whateverElseIsThereIsAMiss() throws IOException {
        byte[] stored = PRICES.seal(new Price("x".repeat(5_000), 1.5), 42).orElseThrow();
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = Arrays.copyOf(stored, random.nextInt(stored.length));
            for (int j = 0; j < 3 && damaged.length > 0; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            // Never an exception; a lucky one may still parse.
            assertThat(PRICES.open(damaged)).isNotNull();
        }
        assertThat(PRICES.open(new byte[0])).isEmpty();
        assertThat(PRICES.open("{\"asin\":\"plain\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void aBombIsAMiss() throws IOException {
        byte[] stored = PRICES.seal(new Price("x".repeat(900_000), 1), 42).orElseThrow();

        assertThat(new ValueEnvelope<>(MAPPER, Price.class, 3, 100_000).open(stored))
                .isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static Class<List<?>> listClass() {
        return (Class<List<?>>) (Class<?>) List.class;
    }
}
