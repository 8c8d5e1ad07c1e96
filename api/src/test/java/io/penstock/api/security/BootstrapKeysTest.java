package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapKeysTest {

    private static final String ADMIN = "an-admin-key-of-24-chars";
    private static final String CRON = "a-cron-secret-16";

    @Test
    void productionDoesNotStartWithoutAnAdminKey() {
        assertThatThrownBy(() -> new BootstrapKeys(Optional.empty(), Optional.of(CRON), true))
                .hasMessageContaining("PENSTOCK_ADMIN_KEY is not set");
    }

    @Test
    void elsewhereTheAdminKeyMayBeMissing() {
        BootstrapKeys keys = new BootstrapKeys(Optional.empty(), Optional.empty(), false);

        assertThat(keys.callerOf(KeyHash.of(""))).isEmpty();
    }

    @Test
    void shortSecretsAreRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> new BootstrapKeys(Optional.of("too-short-a-key"), Optional.empty(), false))
                .hasMessageContaining("at least 16")
                .hasMessageNotContaining("too-short-a-key");
        assertThatThrownBy(() -> new BootstrapKeys(Optional.of(ADMIN), Optional.of("15-characters.."), false))
                .hasMessageContaining("CRON_SECRET is too short");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "change-me-please-now",
                "CHANGEME0123456789",
                "replace_this_with_a_secret",
                "an-example-admin-key",
                "your-admin-key-here",
                "password-password",
                "aaaaaaaaaaaaaaaaaaaaaaaa",
                "0123456789012345",
                "abcdefghijklmnopqrst",
            })
    void productionRefusesASecretFromAPage(String example) {
        assertThatThrownBy(() -> new BootstrapKeys(Optional.of(example), Optional.empty(), true))
                .hasMessageContaining("PENSTOCK_ADMIN_KEY looks like an example")
                .hasMessageNotContaining(example);
        assertThatThrownBy(() -> new BootstrapKeys(Optional.of(ADMIN), Optional.of(example), true))
                .hasMessageContaining("CRON_SECRET looks like an example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "q0uPzVfH2zKQ5vTgB1yP3mN8sXw7Rk4e",
                "8f14e45fceea167a5a36dedd4bea2543",
                "3kJ/9vX2+PqLmW8sYtZrNw==",
                "correct horse battery staple",
            })
    void productionTakesASecretOfOnesOwn(String secret) {
        assertThat(new BootstrapKeys(Optional.of(secret), Optional.empty(), true).callerOf(KeyHash.of(secret)))
                .isPresent();
    }

    @Test
    void theCronSecretMustNotBeTheAdminKey() {
        assertThatThrownBy(() -> new BootstrapKeys(Optional.of(ADMIN), Optional.of(ADMIN), true))
                .hasMessageContaining("are the same");
    }

    @Test
    void eachSecretHasItsRole() {
        BootstrapKeys keys = new BootstrapKeys(Optional.of(ADMIN), Optional.of(CRON), true);

        assertThat(keys.callerOf(KeyHash.of(ADMIN)).map(Caller::role)).contains(Role.ADMIN);
        assertThat(keys.callerOf(KeyHash.of(CRON)).map(Caller::role)).contains(Role.CRON);
        assertThat(keys.callerOf(KeyHash.of(ADMIN + "x"))).isEmpty();
    }
}
