package io.penstock.api.jobs;

import io.penstock.api.problem.Problem;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobActionResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of a wish for one job. */
@RegisterForReflection
@Schema(name = "JobActionResult")
public record JobActionAnswer(
        String jobId,
        @Schema(description = "Where the job is now; active after a cancel: it runs and was asked to stop")
                String state) {

    /** The state the job is in, or the problem that kept the wish from taking effect. */
    static JobState stateAfter(JobActionResult steered) {
        return steered.fold(new JobActionResult.Cases<>() {
            @Override
            public JobState done(JobActionResult.Done done) {
                return done.state();
            }

            @Override
            public JobState notFound(JobActionResult.NotFound notFound) {
                throw noSuchJob();
            }

            @Override
            public JobState conflict(JobActionResult.Conflict conflict) {
                throw new ProblemException(Problem.of(ProblemCode.JOB_MOVED_ON, "The job: " + conflict.why() + ".")
                        .in(text(conflict.state())));
            }
        });
    }

    static JobActionAnswer of(String jobId, JobState state) {
        return new JobActionAnswer(jobId, text(state));
    }

    static String text(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static ProblemException noSuchJob() {
        return ProblemException.of(
                ProblemCode.JOB_NOT_FOUND, "No job has this id, or it has ended and its record is no longer kept.");
    }
}
