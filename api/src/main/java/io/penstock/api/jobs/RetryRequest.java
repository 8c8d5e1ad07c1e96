package io.penstock.api.jobs;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.queue.JobAdmin;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a dead job is to come back. */
@RegisterForReflection
@Schema(name = "RetryRequest")
public record RetryRequest(
        @Schema(
                        description =
                                "True: it keeps count of the attempts it has used and has at least one more; default false")
                @Nullable
                Boolean keepAttempts,
        @Schema(
                        enumeration = {"retry", "ignore"},
                        description =
                                "What a parent does about its children that have not completed. retry: it waits for them and "
                                        + "brings the dead ones back with it. ignore: it runs at once, without them. "
                                        + "Default retry")
                @Nullable
                String children) {

    static JobAdmin.Children childrenOf(@Nullable String children) {
        return children == null
                ? JobAdmin.Children.RETRY
                : JobAdmin.Children.of(children)
                        .orElseThrow(() -> ProblemException.at(
                                "children", ProblemCode.INVALID_REQUEST, "children: must be retry or ignore"));
    }
}
