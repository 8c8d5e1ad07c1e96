package io.penstock.api.problem;

/**
 * The kinds of error. The code is a promise to callers: programs switch on it, so it never changes and is never reused.
 * Titles and details are for people and may change.
 */
public enum ProblemCode {
    MALFORMED_REQUEST(400, "malformed-request", "The request cannot be read"),
    MALFORMED_JSON(400, "malformed-json", "The body is not acceptable JSON"),
    INVALID_REQUEST(400, "invalid-request", "A field of the body is not acceptable"),
    INVALID_PARAMETER(400, "invalid-parameter", "A parameter is not acceptable"),
    INVALID_PAYLOAD(400, "invalid-payload", "The payload does not fit the job type"),
    INVALID_OPTIONS(400, "invalid-options", "An option of the job is not acceptable"),
    UNAUTHORIZED(401, "unauthorized", "A valid key is required"),
    LOG_IN_FAILED(401, "log-in-failed", "The log-in failed"),
    FORBIDDEN(403, "forbidden", "The key's role does not allow this"),
    CSRF_TOKEN(403, "csrf-token", "The session's CSRF token is missing or wrong"),
    OUT_OF_SCOPE(403, "out-of-scope", "The key does not reach this"),
    NOT_FOUND(404, "not-found", "There is nothing here"),
    JOB_NOT_FOUND(404, "job-not-found", "No such job"),
    UNKNOWN_JOB_TYPE(404, "unknown-job-type", "No such job type"),
    UNKNOWN_QUEUE(404, "unknown-queue", "No such queue"),
    UNKNOWN_CACHE(404, "unknown-cache", "No such cache"),
    UNKNOWN_GUARD(404, "unknown-guard", "No such guard"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "The method is not available here"),
    /** The problem's {@code state} tells where the job is. */
    JOB_MOVED_ON(409, "job-moved-on", "The job is not in a state that allows this"),
    TOO_MANY_PAUSED_GROUPS(409, "too-many-paused-groups", "Too many groups of the queue are paused"),
    USER_EXISTS(409, "user-exists", "The user exists"),
    OPERATION_ENDED(409, "operation-ended", "The operation has ended"),
    WORKER_LOST(409, "worker-lost", "The worker does not answer"),
    BATCH_STATE(409, "batch-state", "The batch is not in a state that allows this"),
    ORDER_STATE(409, "order-state", "The order is not in a state that allows this"),
    SOLD_OUT(409, "sold-out", "Not enough tickets are left"),
    SALE_ENDED(409, "sale-ended", "The sale has ended"),
    VERSION_CONFLICT(409, "version-conflict", "Somebody changed it meanwhile"),
    TEMPLATE_STATE(409, "template-state", "Something stands against changing the template"),
    FILE_STATE(409, "file-state", "The file is not in a state that allows this"),
    /** An idempotency key stands for another request. */
    IDEMPOTENCY_KEY_REUSED(422, "idempotency-key-reused", "The idempotency key was used for another request"),
    NOT_ACCEPTABLE(406, "not-acceptable", "The answer cannot be given in the format asked for"),
    UNREADABLE(409, "unreadable", "What is stored cannot be decrypted here"),
    PAYLOAD_TOO_LARGE(413, "payload-too-large", "The payload or body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "The body has a format that is not accepted"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "Too many requests"),
    INTERNAL_ERROR(500, "internal-error", "Something went wrong on the server"),
    CACHE_UNAVAILABLE(503, "cache-unavailable", "The cache store does not answer"),
    QUEUE_UNAVAILABLE(503, "queue-unavailable", "The queue store cannot take this now"),
    FILES_UNAVAILABLE(503, "files-unavailable", "The store of files cannot be used now"),
    DATABASE_UNAVAILABLE(503, "database-unavailable", "The database does not answer"),
    /** Any other client error of the HTTP layer. */
    REFUSED(400, "refused", "The request was refused");

    private final int status;
    private final String code;
    private final String title;

    ProblemCode(int status, String code, String title) {
        this.status = status;
        this.code = code;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String title() {
        return title;
    }
}
