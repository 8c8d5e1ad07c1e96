package io.penstock.api.pools;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.pools.PoolsAnswer.PoolLine;
import io.penstock.api.security.Role;
import io.penstock.common.monitor.PoolPeriod;
import io.penstock.common.monitor.ProcessSampler;
import io.penstock.common.monitor.SampleStore;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.pool.PoolAdvice;
import io.penstock.common.pool.PoolHealth;
import io.penstock.common.pool.PoolState;
import io.penstock.common.pool.Purpose;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tells how the pools of connections are and what their figures suggest. */
@Path("/api/pools")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Pools", description = "Connections to PostgreSQL for writes, reads and analyses")
@NeedsDatabase
public class PoolsResource {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    private static final Duration LOOK_BACK = Duration.ofHours(1);

    private final DatabasePools pools;
    private final SampleStore samples;
    private final ProcessSampler sampler;
    private final InstantSource clock = InstantSource.system();

    @Inject
    PoolsResource(DatabasePools pools, SampleStore samples, ProcessSampler sampler) {
        this.pools = pools;
        this.samples = samples;
        this.sampler = sampler;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the pools",
            description = "Health by pool and overall, use, and advice on sizes with its reason and effect. A pool that"
                    + " nobody has used has no connection, and is not asked.")
    public Uni<PoolsAnswer> look() {
        Instant now = clock.instant();
        List<PoolState> states = pools.states();
        List<Uni<String>> asked = Stream.of(Purpose.values())
                .map(purpose -> pools.ask(purpose, ANSWER_WITHIN))
                .toList();
        List<Uni<List<Integer>>> peaks = states.stream()
                .map(state -> samples.peaks(now.minus(LOOK_BACK), sampler.process(), state.pool()))
                .toList();
        return Uni.combine()
                .all()
                .unis(
                        Uni.join().all(asked).andFailFast(),
                        Uni.join().all(peaks).andFailFast(),
                        samples.pools(now.minus(LOOK_BACK), now.plus(LOOK_BACK)))
                .with((faults, highest, lastHour) -> answer(states, faults, highest, lastHour));
    }

    private static PoolsAnswer answer(
            List<PoolState> states, List<String> faults, List<List<Integer>> peaks, List<PoolPeriod> lastHour) {
        List<PoolHealth> health = new ArrayList<>();
        List<PoolLine> lines = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            PoolHealth one = PoolHealth.of(states.get(i), faults.get(i));
            health.add(one);
            lines.add(new PoolLine(one.wire(), faults.get(i), states.get(i)));
        }
        return new PoolsAnswer(PoolHealth.overall(health).wire(), lines, PoolAdvice.of(states, peaks), lastHour);
    }
}
