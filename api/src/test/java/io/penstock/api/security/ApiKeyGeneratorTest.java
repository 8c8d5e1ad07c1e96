package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiKeyGeneratorTest {

    @Test
    void keysAreRecognisableLongAndDiffer() {
        ApiKeyGenerator generator = new ApiKeyGenerator();

        assertThat(generator.newKey()).matches("psk_[A-Za-z0-9_-]{43}").isNotEqualTo(generator.newKey());
    }

    @Test
    void hashesMatchOnlyTheSameKey() {
        assertThat(KeyHash.of("a").matches(KeyHash.of("a"))).isTrue();
        assertThat(KeyHash.of("a").matches(KeyHash.of("b"))).isFalse();
        assertThat(KeyHash.of("abc").hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
