package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.JobOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScopeTest {

    private static final Scope OF_QUEUES = new Scope(List.of("orders", "offers-*"), Optional.empty());
    private static final Scope OF_TENANT = new Scope(List.of(), Optional.of("acme"));

    @Test
    void unlimitedReachesEverything() {
        assertThat(Scope.UNLIMITED.allows("orders", null)).isTrue();
        assertThat(Scope.UNLIMITED.allows("orders", "acme")).isTrue();
    }

    @Test
    void queuesAreNamedWholeOrByTheirBeginning() {
        assertThat(OF_QUEUES.allowsQueue("orders")).isTrue();
        assertThat(OF_QUEUES.allowsQueue("offers-full")).isTrue();
        assertThat(OF_QUEUES.allowsQueue("orders2")).isFalse();
        assertThat(OF_QUEUES.allowsQueue("offers")).isFalse();
    }

    @Test
    void whatIsNobodysIsNotATenants() {
        assertThat(OF_TENANT.allows("orders", "acme")).isTrue();
        assertThat(OF_TENANT.allows("orders", "other")).isFalse();
        assertThat(OF_TENANT.allows("orders", null)).isFalse();
    }

    @Test
    void aNewJobBecomesTheTenants() {
        assertThat(OF_TENANT.within("orders", JobOptions.DEFAULT).labels().tenant())
                .contains("acme");
        assertThat(OF_TENANT
                        .within("orders", JobOptions.DEFAULT.withTenant("acme"))
                        .labels()
                        .tenant())
                .contains("acme");
        assertThatThrownBy(() -> OF_TENANT.within("orders", JobOptions.DEFAULT.withTenant("other")))
                .hasMessageContaining("out-of-scope");
        assertThatThrownBy(() -> OF_QUEUES.within("reports", JobOptions.DEFAULT))
                .hasMessageContaining("reports");
    }

    @Test
    void whatIsAboutAllJobsOfAQueueIsNotForATenant() {
        OF_QUEUES.requireQueue("orders");

        assertThatThrownBy(() -> OF_QUEUES.requireQueue("reports")).hasMessageContaining("out-of-scope");
        assertThatThrownBy(() -> OF_TENANT.requireQueue("orders")).hasMessageContaining("out-of-scope");
    }
}
