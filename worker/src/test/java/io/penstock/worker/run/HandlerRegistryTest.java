package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.Outcome;
import io.penstock.common.queue.JobTypes;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandlerRegistryTest {

    private static final JobType<Object> LISTED =
            JobType.of("shop.listed", Object.class).queue("shop");
    private static final JobType<Object> FORGOTTEN =
            JobType.of("shop.forgotten", Object.class).queue("elsewhere");

    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final JobTypes types = new JobTypes(List.<JobTypeSource>of(() -> List.of(LISTED)));

    @AfterEach
    void close() {
        threads.shutdown();
    }

    private static JobHandler<Object> handlerOf(JobType<Object> type) {
        return new JobHandler<>() {
            @Override
            public JobType<Object> type() {
                return type;
            }

            @Override
            public Uni<Outcome> handle(Object payload, JobContext context) {
                return Uni.createFrom().item(Outcome.completed());
            }
        };
    }

    @Test
    void takesTheHandlersOfListedTypes() {
        HandlerRegistry registry = new HandlerRegistry(List.of(handlerOf(LISTED)), List.of(), threads, types);

        assertThat(registry.find("shop.listed")).isPresent();
        assertThat(registry.queues()).containsExactly("shop");
    }

    @Test
    void aHandlerOfATypeThatNobodyListsStopsTheStart() {
        assertThatThrownBy(() -> new HandlerRegistry(List.of(handlerOf(FORGOTTEN)), List.of(), threads, types))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the handler " + getClass().getName())
                .hasMessageContaining("unknown job type 'shop.forgotten': no JobTypeSource lists it");
    }

    @Test
    @SuppressWarnings("NullAway") // What a constant is that its class has not made yet.
    void aHandlerWithoutAJobTypeStopsTheStart() {
        assertThatThrownBy(() -> new HandlerRegistry(List.of(handlerOf(null)), List.of(), threads, types))
                .hasMessageContaining("HandlerRegistryTest")
                .hasMessageEndingWith("has no job type: type() returned null");
    }

    @Test
    void aGatheringTypeNeedsAHandlerForMany() {
        JobType<Object> gathering = LISTED.gather(10, Duration.ofSeconds(1));

        assertThatThrownBy(() -> new HandlerRegistry(List.of(handlerOf(gathering)), List.of(), threads, types))
                .hasMessageContaining("GatheredJobHandler");
    }

    @Test
    void twoHandlersOfOneTypeStopTheStart() {
        assertThatThrownBy(() ->
                        new HandlerRegistry(List.of(handlerOf(LISTED), handlerOf(LISTED)), List.of(), threads, types))
                .hasMessageMatching("two handlers for job type 'shop.listed': \\S+HandlerRegistryTest\\S* and \\S+");
    }
}
