package io.penstock.api.pools;

import io.penstock.common.monitor.PoolPeriod;
import io.penstock.common.pool.PoolAdvice;
import io.penstock.common.pool.PoolState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The pools of the process that answers, and what those of all processes did lately. */
@RegisterForReflection
@Schema(name = "Pools")
public record PoolsAnswer(
        @Schema(
                        description = "The worst of the pools",
                        enumeration = {"healthy", "warning", "critical"})
                String health,
        @Schema(description = "Those of the process that answers") List<PoolLine> pools,
        @Schema(description = "Of the process that answers") List<PoolAdvice> advice,
        @Schema(description = "What the pools of all processes did in the last hour; idle ones are not in it")
                List<PoolPeriod> lastHour) {

    /** One pool. */
    @RegisterForReflection
    @Schema(name = "Pool")
    public record PoolLine(
            @Schema(enumeration = {"healthy", "warning", "critical"}) String health,
            @Schema(description = "What is wrong with its connections; empty: nothing") String fault,
            PoolState state) {}
}
