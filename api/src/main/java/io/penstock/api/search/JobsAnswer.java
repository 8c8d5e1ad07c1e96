package io.penstock.api.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of jobs. */
@RegisterForReflection
@Schema(name = "Jobs")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobsAnswer(
        List<JobRow> jobs,
        @Schema(description = "How many there are in all; on the first page only") @Nullable Estimate total,
        @Schema(description = "How many jobs were compared with the filters") int examined,
        @Schema(description = "False: the search ended at its bound before the page was full; go on with nextCursor")
                boolean complete,
        @Schema(description = "Ask again with this as 'cursor'; absent: there is no more") @Nullable
                String nextCursor) {

    /** How many jobs there are in each state; ended ones of the last day. */
    @RegisterForReflection
    @Schema(name = "JobCounts")
    public record Counts(Map<String, Estimate> states) {}
}
