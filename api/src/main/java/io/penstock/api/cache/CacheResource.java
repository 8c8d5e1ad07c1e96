package io.penstock.api.cache;

import io.penstock.api.cache.CacheOverview.CachesAnswer;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.cache.CacheAwayException;
import io.penstock.common.cache.CacheJobs;
import io.penstock.common.cache.CleanUpCache;
import io.penstock.common.cache.KeyPattern;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.cache.WarmUp;
import io.penstock.common.queue.JobEnqueuer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The caches at a glance; invalidation and warm-up. */
@Path("/api/cache")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Cache", description = "The caches at a glance, invalidation and warm-up")
public class CacheResource {

    private static final Logger LOG = Logger.getLogger(CacheResource.class);

    /** Of a call; a larger keyspace is gone through by a job. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int MAX_TAG = 1_000;

    private final CacheOverview overview;
    private final TieredCaches caches;
    private final JobEnqueuer enqueuer;
    private final SecurityIdentity identity;

    /** What became of an invalidation. */
    @RegisterForReflection
    @Schema(name = "CacheInvalidated")
    public record InvalidatedAnswer(
            @Schema(description = "Entries that Redis held; null: not counted") @Nullable Long removed,
            @Schema(description = "There is so much to look at that this job goes on; null: it is done") @Nullable
                    String jobId) {}

    /** The job that does it. */
    @RegisterForReflection
    @Schema(name = "CacheJob")
    public record JobAnswer(@Schema(description = "Ask for it under /api/jobs/{id}") String jobId) {}

    @Inject
    CacheResource(CacheOverview overview, TieredCaches caches, JobEnqueuer enqueuer, SecurityIdentity identity) {
        this.overview = overview;
        this.caches = caches;
        this.enqueuer = enqueuer;
        this.identity = identity;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at all caches",
            description =
                    "Hit rates of the last 24 hours over all processes, memory, keys, evictions, a sample of 1,000 "
                            + "keys by namespace, the keys that are missed most, and recommendations.")
    public Uni<CachesAnswer> look() {
        return overview.all();
    }

    @POST
    @Path("/invalidate")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Remove entries from every tier of every process",
            description = "By pattern or by tag. 200: it is done. 202: Redis holds so much that a job goes on with it.")
    public Uni<RestResponse<InvalidatedAnswer>> invalidate(@Nullable InvalidateRequest body) {
        String wantedPattern = body == null ? null : body.pattern();
        String wantedTag = body == null ? null : body.tag();
        if ((wantedPattern == null) == (wantedTag == null)) {
            throw invalid("pattern", "must be there, or tag, and not both");
        }
        String who = Caller.of(identity).id();
        if (wantedTag != null) {
            String tag = checkedTag(wantedTag);
            LOG.infof("entries with a tag were invalidated by %s", who);
            return orAway(caches.invalidateTag(tag).replaceWith(RestResponse.ok(new InvalidatedAnswer(null, null))));
        }
        KeyPattern pattern = checkedPattern(String.valueOf(wantedPattern));
        LOG.infof("entries %s were invalidated by %s", pattern.text(), who);
        return orAway(caches.invalidateMatching(pattern)
                .map(removed -> RestResponse.ok(new InvalidatedAnswer(removed, null)))
                .ifNoItem()
                .after(LONGEST)
                .fail()
                .onFailure(TimeoutException.class)
                .recoverWithUni(() -> enqueuer.enqueue(CacheJobs.CLEAN_UP, new CleanUpCache(pattern.text()))
                        .map(job -> accepted(new InvalidatedAnswer(null, job.jobId()), job.jobId()))));
    }

    @POST
    @Path("/warm-up")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Load the popular keys of a cache",
            description = "A job does it, in batches with a pause between. Strategy: popular_first.")
    public Uni<RestResponse<JobAnswer>> warmUp(@Nullable WarmUp body) {
        String name = body == null || body.cache() == null ? "" : body.cache();
        TieredCache<?, ?> cache = caches.find(name)
                .orElseThrow(() -> ProblemException.at(
                        "cache",
                        ProblemCode.UNKNOWN_CACHE,
                        "No cache has this name. There are: "
                                + String.join(
                                        ", ",
                                        caches.all().stream()
                                                .map(TieredCache::name)
                                                .toList())));
        if (cache.definition().popular().isEmpty()) {
            throw invalid("cache", "does not know which of its keys are popular");
        }
        WarmUp wanted = body == null ? new WarmUp(name, null, null, null, null) : body;
        if (wanted.strategy() != null && !wanted.strategy().equals(WarmUp.POPULAR_FIRST)) {
            throw invalid("strategy", "must be " + WarmUp.POPULAR_FIRST);
        }
        return enqueuer.enqueue(CacheJobs.WARM_UP, wanted)
                .map(job -> accepted(new JobAnswer(job.jobId()), job.jobId()));
    }

    private static <T> RestResponse<T> accepted(T answer, String jobId) {
        return RestResponse.ResponseBuilder.<T>create(RestResponse.Status.ACCEPTED)
                .location(URI.create("/api/jobs/" + jobId))
                .entity(answer)
                .build();
    }

    /** What is in memory is gone by then, here and wherever it was heard; what Redis holds is not. */
    private static <T> Uni<T> orAway(Uni<T> call) {
        return call.onFailure(CacheAwayException.class)
                .transform(e -> ProblemException.of(
                        ProblemCode.CACHE_UNAVAILABLE, "Redis does not answer; try again when it does."));
    }

    private static KeyPattern checkedPattern(String text) {
        try {
            return new KeyPattern(text);
        } catch (IllegalArgumentException e) {
            throw invalid("pattern", e.getMessage());
        }
    }

    private static String checkedTag(String tag) {
        if (tag.isBlank() || tag.length() > MAX_TAG) {
            throw invalid("tag", "must be 1 to " + MAX_TAG + " characters, not all blank");
        }
        return tag;
    }

    private static ProblemException invalid(String field, @Nullable String reason) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
    }
}
