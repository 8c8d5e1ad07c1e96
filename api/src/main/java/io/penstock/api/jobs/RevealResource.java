package io.penstock.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.penstock.api.audit.AuditTrail;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.JobInScope;
import io.penstock.api.security.Role;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadSecrets;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Shows an admin what of a payload is a secret. The audit tells who saw which field of which job, never what was in it. */
@Path("/api/jobs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class RevealResource {

    private static final int MAX_FIELD = 200;
    private static final String ALL = "all";

    private final JobQueue queue;
    private final PayloadSecrets secrets;
    private final DecryptedView decryptedView;
    private final SecurityIdentity identity;
    private final AuditTrail trail;

    /** Which secret to show. */
    @RegisterForReflection
    @Schema(name = "Reveal")
    public record RevealRequest(
            @Schema(description = "A field of the payload, such as card.number; absent: all", examples = "card.number")
                    @Nullable
                    String field) {}

    /** A payload with secrets in clear. */
    @RegisterForReflection
    @Schema(name = "Revealed")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RevealedAnswer(String id, @Schema(implementation = Object.class) @JsonRawValue String payload) {

        @Override
        public String toString() {
            return "RevealedAnswer[" + id + "]";
        }
    }

    /** What was shown, for the audit. */
    @RegisterForReflection
    record Shown(String field) {}

    @Inject
    RevealResource(
            JobQueue queue,
            PayloadSecrets secrets,
            DecryptedView decryptedView,
            SecurityIdentity identity,
            AuditTrail trail) {
        this.queue = queue;
        this.secrets = secrets;
        this.decryptedView = decryptedView;
        this.identity = identity;
        this.trail = trail;
    }

    @POST
    @Path("/{id}/reveal")
    @JobInScope
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Show the secrets of a payload",
            description = "All of them, or one; of jobs that the queue still knows. Leaves an entry in the audit.")
    public Uni<RevealedAnswer> reveal(
            @Parameter(description = "Id of the job") @PathParam("id") String id, @Nullable RevealRequest body) {
        String field = body == null ? null : body.field();
        if (field != null && (field.isBlank() || field.length() > MAX_FIELD)) {
            throw invalid("must be 1 to " + MAX_FIELD + " characters");
        }
        trail.after(new Shown(field == null ? ALL : field));
        return queue.find(id)
                .map(found -> found.filter(job -> job.payload() != null).orElseThrow(JobActionAnswer::noSuchJob))
                .map(job -> new RevealedAnswer(job.id(), revealed(job, field)));
    }

    private String revealed(JobView job, @Nullable String field) {
        String stored = String.valueOf(job.payload());
        String clear = PayloadCipher.isEncrypted(stored)
                ? decryptedView.open(job.id(), job.type(), PayloadCipher.Part.PAYLOAD, stored, identity)
                : stored;
        return field == null
                ? clear
                : secrets.maskedBut(job.type(), clear, field)
                        .orElseThrow(() -> invalid("is no secret of this payload"));
    }

    private static ProblemException invalid(String reason) {
        return ProblemException.at("field", ProblemCode.INVALID_REQUEST, "field: " + reason);
    }
}
