package io.penstock.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.batch.BatchJobs;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.examples.Greet;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.offers.Offer;
import io.penstock.common.offers.OffersJobs;
import java.io.IOException;
import java.util.List;
import org.jboss.jandex.Index;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShippedWorkloadsTest {

    private ShippedWorkloads workloads;

    @BeforeEach
    void index() throws IOException {
        workloads = new ShippedWorkloads(Index.of(
                JobTypeSource.class,
                BatchJobs.class,
                DiagnosticsJobs.class,
                ExampleJobs.class,
                Greet.class,
                Offer.class,
                OffersJobs.class));
    }

    @Test
    void leavesOutEveryClassOfAWorkloadAndNoneOfThePlatform() {
        assertThat(workloads.names()).containsExactly("examples", "offers");
        assertThat(workloads.leftOut(List.of("offers")))
                .extracting(type -> type.name().toString())
                .containsExactlyInAnyOrder(ExampleJobs.class.getName(), Greet.class.getName());
    }

    @Test
    void refusesAWorkloadThatDoesNotShip() {
        assertThatThrownBy(() -> workloads.leftOut(List.of("ofers")))
                .hasMessage(
                        "penstock.shipped-workloads names no workload that ships: 'ofers'. There are: examples, offers");
    }
}
