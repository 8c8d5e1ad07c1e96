package io.penstock.common.queue.redis;

import io.penstock.common.redis.LuaScript;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scripts of the queue, one per operation; each file says what it takes and answers. */
final class Scripts {

    /** What scripts over a whole partition share; {@link Partition} fills in their keys and first arguments. */
    private static final String PARTITION = "partition";

    /** How a standstill of Redis is known. */
    private static final String SILENCE = "silence";

    static final LuaScript ENQUEUE_JOBS = LuaScript.load("enqueue-jobs");
    static final LuaScript ACCEPT_JOBS = LuaScript.load("accept-jobs", PARTITION);
    static final LuaScript ADOPT_CHILDREN = LuaScript.load("adopt-children", PARTITION);
    static final LuaScript CHILD_ENDED = LuaScript.load("child-ended", PARTITION);
    static final LuaScript RETRY_CHILDREN = LuaScript.load("retry-children", PARTITION);
    static final LuaScript TAKE_OUTGOING = LuaScript.load("take-outgoing");
    static final LuaScript DROP_OUTGOING = LuaScript.load("drop-outgoing");
    static final LuaScript RETAINED_ENDS = LuaScript.load("retained-ends");
    static final LuaScript UNREPORTED_ENDS = LuaScript.load("unreported-ends");
    static final LuaScript TRIM_DEAD = LuaScript.load("trim-dead");
    static final LuaScript TRIM_COMPLETED = LuaScript.load("trim-completed");
    static final LuaScript SWEEP_LEFTOVERS = LuaScript.load("sweep-leftovers");
    static final LuaScript CLAIM_JOBS = LuaScript.load("claim-jobs");
    static final LuaScript FINISH_JOBS = LuaScript.load("finish-jobs");
    static final LuaScript END_JOBS = LuaScript.load("end-jobs", PARTITION);
    static final LuaScript RESCHEDULE_JOB = LuaScript.load("reschedule-job", PARTITION);
    static final LuaScript BURY_JOB = LuaScript.load("bury-job", PARTITION);
    static final LuaScript HAND_BACK_JOBS = LuaScript.load("hand-back-jobs", PARTITION);
    static final LuaScript RESCUE_LOST = LuaScript.load("rescue-lost", SILENCE, PARTITION);
    static final LuaScript PROMOTE_DUE = LuaScript.load("promote-due", PARTITION);
    static final LuaScript LOOK_PARTITIONS = LuaScript.load("look-partitions", SILENCE);
    static final LuaScript HOLD_MAINTENANCE = LuaScript.load("hold-maintenance");
    static final LuaScript LEAVE_MAINTENANCE = LuaScript.load("leave-maintenance");
    static final LuaScript OPEN_STREAMS = LuaScript.load("open-streams");
    static final LuaScript PAUSE_QUEUE = LuaScript.load("pause-queue");
    static final LuaScript RESUME_QUEUE = LuaScript.load("resume-queue");
    static final LuaScript QUEUE_STATUS = LuaScript.load("queue-status");
    static final LuaScript WRITE_PROGRESS = LuaScript.load("write-progress");
    static final LuaScript FIND_JOB = LuaScript.load("find-job");
    static final LuaScript CANCEL_JOB = LuaScript.load("cancel-job", PARTITION);
    static final LuaScript DELETE_JOB = LuaScript.load("delete-job", PARTITION);
    static final LuaScript RETRY_JOB = LuaScript.load("retry-job", PARTITION);
    static final LuaScript RUN_JOB_NOW = LuaScript.load("run-job-now", PARTITION);
    static final LuaScript EDIT_JOB = LuaScript.load("edit-job", PARTITION);
    static final LuaScript DRAIN_QUEUE = LuaScript.load("drain-queue", PARTITION);
    static final LuaScript PURGE_ENDED = LuaScript.load("purge-ended", PARTITION);
    static final LuaScript FENCE_CANCELLED = LuaScript.load("fence-cancelled", SILENCE, PARTITION);
    static final LuaScript LIST_JOBS = LuaScript.load("list-jobs", PARTITION);
    static final LuaScript PAGE_JOBS = LuaScript.load("page-jobs", PARTITION);
    static final LuaScript SAMPLE_DELAYED = LuaScript.load("sample-delayed");
    static final LuaScript WHY_WAITING = LuaScript.load("why-waiting", PARTITION);
    static final LuaScript FORGET_WORKERS = LuaScript.load("forget-workers");

    private static final LuaScript ENQUEUE_ONCE = LuaScript.load("enqueue-once");
    private static final Map<LuaScript, LuaScript> ONCE = Stream.of(ENQUEUE_JOBS, ACCEPT_JOBS, ADOPT_CHILDREN)
            .collect(Collectors.toUnmodifiableMap(script -> script, ENQUEUE_ONCE::enclosing));
    static final LuaScript OLD_DEDUP_KEYS = LuaScript.load("old-dedup-keys");

    /** The consumer group of every ready stream. */
    static final String GROUP = "workers";

    private Scripts() {}

    /** A script that accepts jobs, in the envelope that lets it accept each only once. */
    static LuaScript once(LuaScript acceptance) {
        return Objects.requireNonNull(ONCE.get(acceptance));
    }
}
