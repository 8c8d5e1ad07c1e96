package io.penstock.common.queue.redis;

/** What a script answers about one claimed job. */
enum ReplyCode {
    DONE(1),
    /** Done, but not as asked: the job had been called off. */
    CANCELLED(2),
    LEASE_LOST(-1);

    private final int code;

    ReplyCode(int code) {
        this.code = code;
    }

    static ReplyCode of(int code) {
        for (ReplyCode reply : values()) {
            if (reply.code == code) {
                return reply;
            }
        }
        throw new IllegalStateException("no script answers " + code);
    }
}
