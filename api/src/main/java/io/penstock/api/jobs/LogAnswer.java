package io.penstock.api.jobs;

import io.penstock.common.queue.JobLogLine;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The lines a job wrote. */
@RegisterForReflection
@Schema(name = "JobLog")
public record LogAnswer(
        String id, @Schema(description = "Oldest first; the last so many, as configured") List<Line> lines) {

    /** One line. */
    @RegisterForReflection
    @Schema(name = "JobLogLine")
    public record Line(Instant at, @Schema(description = "In which attempt it was written") int attempt, String text) {}

    static LogAnswer of(String jobId, List<JobLogLine> lines) {
        return new LogAnswer(
                jobId,
                lines.stream()
                        .map(line -> new Line(line.at(), line.attempt(), line.text()))
                        .toList());
    }
}
