package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoleTest {

    @Test
    void rolesGrow() {
        assertThat(Role.VIEWER.grants()).containsExactly("viewer");
        assertThat(Role.OPERATOR.grants()).containsExactlyInAnyOrder("viewer", "operator", "cron");
        assertThat(Role.ADMIN.grants()).containsExactlyInAnyOrder("viewer", "operator", "admin", "cron");
    }

    @Test
    void theCronSecretMayOnlyTrigger() {
        assertThat(Role.CRON.grants()).containsExactly("cron");
        assertThat(Role.ofKey("cron")).isEmpty();
    }
}
