package io.penstock.api.jobs;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.JobInScope;
import io.penstock.api.security.Role;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.ProgressStore;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** What jobs say: their results, their progress, their lines. */
@Path("/api/jobs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobOutputResource {

    private static final Pattern SECONDS_OR_MILLIS = Pattern.compile("(\\d{1,6})(ms|s)");
    private static final int GONE = 410;

    private final JobQueue queue;
    private final ProgressStore progressStore;
    private final JobResults results;
    private final DecryptedView decryptedView;
    private final SecurityIdentity identity;
    private final Duration maxWait;

    @Inject
    JobOutputResource(
            JobQueue queue,
            ProgressStore progressStore,
            JobResults results,
            DecryptedView decryptedView,
            SecurityIdentity identity,
            ResultConfig config) {
        this.queue = queue;
        this.progressStore = progressStore;
        this.results = results;
        this.decryptedView = decryptedView;
        this.identity = identity;
        this.maxWait = config.maxWait();
    }

    @GET
    @Path("/{id}/result")
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Read a job's result, or wait for it",
            description = "200: the job has completed. 202: it has not ended within the time given; ask again. 410: it "
                    + "will not complete; the answer says why. A job that asked for keepResultMs wakes its callers at "
                    + "once; the end of others is noticed a little late, and only while their queue keeps the record.")
    @Parameter(
            name = "wait",
            in = ParameterIn.QUERY,
            description = "How long to wait, such as 30s or 500ms; absent: not at all",
            example = "30s")
    @Parameter(name = "decrypt", in = ParameterIn.QUERY, description = "true shows an encrypted result (admin)")
    @APIResponse(responseCode = "200", description = "The job has completed")
    @APIResponse(responseCode = "202", description = "The job has not ended yet")
    @APIResponse(responseCode = "410", description = "The job is dead, cancelled or expired")
    public Uni<RestResponse<ResultAnswer>> result(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri.getQueryParameters(), "wait", "decrypt");
        Duration wait = wait(query);
        boolean decrypt = decryptedView.isAskedFor(query, identity);
        return results.await(id, wait).map(ending -> answer(id, ending, decrypt));
    }

    @GET
    @Path("/{id}/progress")
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "See how far a job is",
            description = "What it said last. 404 also when it has said nothing, or too long ago.")
    public Uni<ProgressAnswer> progress(@PathParam("id") String id) {
        return Uni.combine()
                .all()
                .unis(queue.find(id), progressStore.find(id))
                .asTuple()
                .map(both -> latest(both.getItem1(), both.getItem2())
                        .map(progress -> ProgressAnswer.of(id, progress))
                        .orElseThrow(() -> nothingSaid(both.getItem1().isPresent())));
    }

    @GET
    @Path("/{id}/log")
    @JobInScope
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Read the lines a job wrote",
            description = "The last ones, over all attempts; empty when the job has written none, or too long ago.")
    public Uni<LogAnswer> log(@PathParam("id") String id) {
        return progressStore
                .lines(id)
                .chain(lines ->
                        lines.isEmpty() ? nothingOf(id) : Uni.createFrom().item(LogAnswer.of(id, lines)));
    }

    private Uni<LogAnswer> nothingOf(String id) {
        return queue.find(id).map(job -> job.map(known -> LogAnswer.of(id, List.of()))
                .orElseThrow(() -> noSuchJob("No job has this id, or nothing is kept of it.")));
    }

    private static Optional<JobProgress> latest(Optional<JobView> job, JobOutput said) {
        return Optional.ofNullable(said.progress())
                .filter(progress -> !JobResults.isOlder(
                        progress.at(), job.map(JobView::enqueuedAt).orElse(null)));
    }

    private RestResponse<ResultAnswer> answer(String id, JobResultState ending, boolean decrypt) {
        if (ending.state() == null) {
            throw noSuchJob("No job has this id, or it has ended and its result is not kept.");
        }
        String state = ending.state().name().toLowerCase(Locale.ROOT);
        return switch (ending.state()) {
            case COMPLETED -> RestResponse.ok(new ResultAnswer(id, state, shown(id, ending, decrypt), ending.reason()));
            case DEAD, CANCELLED, EXPIRED ->
                RestResponse.ResponseBuilder.<ResultAnswer>create(GONE)
                        .entity(new ResultAnswer(id, state, null, firstLine(ending.reason())))
                        .build();
            case SCHEDULED, AWAITING_CHILDREN, WAITING, ACTIVE, RETRYING ->
                RestResponse.status(RestResponse.Status.ACCEPTED, new ResultAnswer(id, state, null, null));
        };
    }

    private @Nullable String shown(String id, JobResultState ending, boolean decrypt) {
        String result = ending.result();
        if (result == null || !decrypt || !PayloadCipher.isEncrypted(result)) {
            return PayloadCipher.redacted(result);
        }
        return decryptedView.open(id, ending.type(), PayloadCipher.Part.RESULT, result, identity);
    }

    /** The stack behind the first line is for those who look at the job itself. */
    private static @Nullable String firstLine(@Nullable String reason) {
        return reason == null ? null : reason.lines().findFirst().orElse("");
    }

    private Duration wait(QueryParameters query) {
        return query.text("wait")
                .map(text -> {
                    Matcher matcher = SECONDS_OR_MILLIS.matcher(text);
                    if (!matcher.matches()) {
                        throw invalidWait();
                    }
                    long number = Long.parseLong(matcher.group(1));
                    Duration wait =
                            matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
                    if (wait.compareTo(maxWait) > 0) {
                        throw invalidWait();
                    }
                    return wait;
                })
                .orElse(Duration.ZERO);
    }

    private ProblemException invalidWait() {
        return QueryParameters.invalid(
                "wait", "wait: must be a time such as 30s or 500ms, at most " + maxWait.toSeconds() + "s");
    }

    private static ProblemException nothingSaid(boolean jobIsKnown) {
        return jobIsKnown
                ? ProblemException.of(
                        ProblemCode.NOT_FOUND, "The job has not said how far it is, or it was too long ago.")
                : noSuchJob("No job of this id has said how far it is, or it was too long ago.");
    }

    private static ProblemException noSuchJob(String detail) {
        return ProblemException.of(ProblemCode.JOB_NOT_FOUND, detail);
    }
}
