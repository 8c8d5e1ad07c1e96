package io.penstock.api.jobs;

import io.penstock.api.audit.AuditTrail;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.queue.PayloadCipher;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Shows encrypted payloads and results to those who may see them, and notes in the log and in the audit who did, never what. */
@ApplicationScoped
class DecryptedView {

    private static final Logger LOG = Logger.getLogger("io.penstock.audit");

    private final PayloadCipher cipher;
    private final AuditTrail trail;

    @Inject
    DecryptedView(PayloadCipher cipher, AuditTrail trail) {
        this.cipher = cipher;
        this.trail = trail;
    }

    /** True for {@code decrypt=true}; fails for all but admins. */
    boolean isAskedFor(QueryParameters query, SecurityIdentity identity) {
        boolean decrypt =
                query.oneOf("decrypt", List.of("true", "false"), "false").equals("true");
        if (decrypt && !identity.hasRole(Role.ADMINISTER)) {
            throw new ForbiddenException();
        }
        return decrypt;
    }

    /** The clear text. */
    String open(
            String jobId, @Nullable String jobType, PayloadCipher.Part part, String sealed, SecurityIdentity identity) {
        if (jobType == null) {
            throw ProblemException.of(
                    ProblemCode.UNREADABLE, "The job's record is gone, and with it what is needed to decrypt this.");
        }
        try {
            String clear = cipher.decrypt(jobType, part, sealed);
            trail.read("jobs.decrypt");
            LOG.infof(
                    "%s of job %s (%s) was decrypted for %s",
                    part == PayloadCipher.Part.PAYLOAD ? "payload" : "result",
                    jobId,
                    jobType,
                    Caller.of(identity).id());
            return clear;
        } catch (PayloadCipher.UnknownKeyException | PayloadCipher.DecryptionException e) {
            throw ProblemException.of(ProblemCode.UNREADABLE, "This cannot be decrypted here: " + e.getMessage() + ".");
        }
    }
}
