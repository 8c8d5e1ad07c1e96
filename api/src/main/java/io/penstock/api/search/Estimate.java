package io.penstock.api.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A count that is not worth counting to its end. */
@RegisterForReflection
@Schema(name = "Estimate")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Estimate(
        long count,
        @Schema(description = "True: there may be more; it was not counted any further") boolean atLeast,
        @Schema(description = "True: worked out from a sample; absent: counted") @Nullable Boolean about) {

    public static final Estimate NONE = exactly(0);

    static Estimate exactly(long count) {
        return new Estimate(count, false, null);
    }

    static Estimate atLeast(long count) {
        return new Estimate(count, true, null);
    }

    static Estimate about(long count) {
        return new Estimate(count, false, true);
    }

    /** Of a count that ended at {@code most}. */
    static Estimate upTo(long count, long most) {
        return count > most ? atLeast(most) : exactly(count);
    }

    Estimate plus(Estimate other) {
        Boolean worked = about == null ? other.about : about;
        return new Estimate(count + other.count, atLeast || other.atLeast, worked);
    }
}
