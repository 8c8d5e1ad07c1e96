package io.penstock.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.JsonFault;
import io.penstock.common.queue.PayloadTooLargeException;
import io.penstock.common.queue.QueueUnavailableException;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Says which problem stands for a failure, wherever in the server it came up. The one place that decides, so that a
 * failure reads the same whether a resource, a filter or the HTTP layer met it; also the one place that logs the
 * unexpected.
 */
final class Problems {

    static final String CHALLENGE = "Bearer realm=\"penstock\"";
    private static final String RETRY_AFTER_SECONDS = "5";
    private static final Logger LOG = Logger.getLogger(Problems.class);

    private Problems() {}

    static Answer answerTo(Throwable failure, String request) {
        if (failure instanceof ProblemException e) {
            return new Answer(e.problem(), e.headers());
        }
        if (failure instanceof InvalidJobException e) {
            return Answer.of(invalidJob(e));
        }
        if (failure instanceof UnknownJobTypeException e) {
            return Answer.of(Problem.of(ProblemCode.UNKNOWN_JOB_TYPE, said(e)));
        }
        if (failure instanceof PayloadTooLargeException e) {
            return Answer.of(Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, said(e)).at("payload"));
        }
        if (failure instanceof IdempotencyKeyReusedException) {
            return Answer.of(Problem.of(
                    ProblemCode.IDEMPOTENCY_KEY_REUSED,
                    "Idempotency-Key: was used before for a request of another kind or with another body. Nothing was"
                            + " stored."));
        }
        if (failure instanceof QueueUnavailableException e) {
            // Without the stack: an outage brings one of these per request, all alike.
            LOG.warnf("%s answered with 503, the caller is told to retry: %s", request, e);
            return queueUnavailable(e);
        }
        if (failure instanceof UnauthorizedException || failure instanceof AuthenticationException) {
            return unauthorized();
        }
        if (failure instanceof ForbiddenException) {
            return Answer.of(Problem.of(ProblemCode.FORBIDDEN, "This needs another role than that of your key."));
        }
        if (failure instanceof JsonProcessingException e) {
            return Answer.of(json(e));
        }
        if (failure instanceof WebApplicationException e) {
            return ofWebApplication(e, request);
        }
        if (DatabaseUnavailableException.isAway(failure)) {
            // The outage itself is logged once when it begins and once when it ends.
            LOG.debugf("%s answered with 503, the caller is told to retry: PostgreSQL: %s", request, failure);
            return databaseUnavailable(failure);
        }
        return unexpected(failure, request);
    }

    static Answer answerToStatus(int status, String request) {
        return switch (status) {
            case 401 -> unauthorized();
            case 403 -> Answer.of(Problem.of(ProblemCode.FORBIDDEN, "This needs another role than that of your key."));
            case 404 -> Answer.of(Problem.of(ProblemCode.NOT_FOUND, "No resource has this address."));
            case 405 ->
                Answer.of(Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "The resource exists, but not for this method."));
            case 406 -> Answer.of(Problem.of(ProblemCode.NOT_ACCEPTABLE, "Answers are JSON."));
            case 413 -> Answer.of(Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is larger than allowed."));
            case 415 -> Answer.of(Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json."));
            case 400 -> Answer.of(Problem.of(ProblemCode.MALFORMED_REQUEST, "The address or a header cannot be read."));
            default ->
                status >= 400 && status < 500
                        ? Answer.of(Problem.of(ProblemCode.REFUSED, status, "The request was refused."))
                        : unexpected(null, request);
        };
    }

    private static Answer ofWebApplication(WebApplicationException e, String request) {
        if (e.getCause() instanceof JsonProcessingException json) {
            return Answer.of(json(json));
        }
        int status = e.getResponse().getStatus();
        if (status >= 500) {
            return unexpected(e, request);
        }
        Answer answer = answerToStatus(status, request);
        String allow = e.getResponse().getHeaderString("Allow");
        return allow == null ? answer : answer.with("Allow", allow);
    }

    private static Problem invalidJob(InvalidJobException e) {
        ProblemCode code = e.field().contains("payload") ? ProblemCode.INVALID_PAYLOAD : ProblemCode.INVALID_OPTIONS;
        return Problem.of(code, e.field() + ": " + e.reason()).at(e.field());
    }

    private static Problem json(JsonProcessingException e) {
        JsonFault fault = JsonFault.of(e);
        if (fault.malformed()) {
            return Problem.of(ProblemCode.MALFORMED_JSON, "The body " + fault.reason());
        }
        if (fault.path().isEmpty()) {
            return Problem.of(ProblemCode.INVALID_REQUEST, "The body " + fault.reason());
        }
        String field = fault.path().startsWith(".") ? fault.path().substring(1) : fault.path();
        ProblemCode code = field.contains("options") ? ProblemCode.INVALID_OPTIONS : ProblemCode.INVALID_REQUEST;
        return Problem.of(code, field + ": " + fault.reason()).at(field);
    }

    private static String said(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), "");
    }

    private static Answer unauthorized() {
        return new Answer(
                Problem.of(ProblemCode.UNAUTHORIZED, "Send a valid key as 'Authorization: Bearer <key>'."),
                Map.of("WWW-Authenticate", CHALLENGE));
    }

    private static Answer queueUnavailable(QueueUnavailableException e) {
        if (e.hasNoEffect()) {
            Answer nothing = later(ProblemCode.QUEUE_UNAVAILABLE, "Nothing was stored. Try again soon.");
            return new Answer(nothing.problem().withEffect("none"), nothing.headers());
        }
        Answer unknown = later(
                ProblemCode.QUEUE_UNAVAILABLE,
                "No answer came from the queue store: the request may have taken effect. Repeat it"
                        + " with the same Idempotency-Key; without one it may be done twice.");
        return new Answer(unknown.problem().withEffect("unknown"), unknown.headers());
    }

    private static Answer databaseUnavailable(Throwable failure) {
        boolean noEffect = failure instanceof DatabaseUnavailableException e
                && e.effect() == DatabaseUnavailableException.Effect.NONE;
        Answer answer = later(
                ProblemCode.DATABASE_UNAVAILABLE,
                noEffect
                        ? "The database does not answer. Nothing was changed. Try again soon."
                        : "No answer came from the database: the request may have taken effect. Look whether it did before"
                                + " you repeat it.");
        return new Answer(answer.problem().withEffect(noEffect ? "none" : "unknown"), answer.headers());
    }

    private static Answer later(ProblemCode code, String detail) {
        return new Answer(Problem.of(code, detail), Map.of("Retry-After", RETRY_AFTER_SECONDS));
    }

    private static Answer unexpected(@Nullable Throwable failure, String request) {
        String errorId = Problem.newErrorId();
        LOG.errorf(failure, "%s failed unexpectedly; the caller was given error id %s", request, errorId);
        return Answer.of(Problem.unexpected(errorId));
    }
}
