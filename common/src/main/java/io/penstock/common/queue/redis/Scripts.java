package io.penstock.common.queue.redis;

import io.penstock.common.redis.LuaScript;

/** The scripts of the queue, one per operation; each file says what it takes and answers. */
final class Scripts {

    static final LuaScript ENQUEUE_JOBS = LuaScript.load("enqueue-jobs");
    static final LuaScript CLAIM_JOBS = LuaScript.load("claim-jobs");
    static final LuaScript FINISH_JOBS = LuaScript.load("finish-jobs");
    static final LuaScript RESCHEDULE_JOB = LuaScript.load("reschedule-job");
    static final LuaScript BURY_JOB = LuaScript.load("bury-job");
    static final LuaScript HAND_BACK_JOBS = LuaScript.load("hand-back-jobs");
    static final LuaScript RESCUE_LOST = LuaScript.load("rescue-lost");
    static final LuaScript PROMOTE_DUE = LuaScript.load("promote-due");
    static final LuaScript OPEN_STREAMS = LuaScript.load("open-streams");
    static final LuaScript PAUSE_QUEUE = LuaScript.load("pause-queue");
    static final LuaScript RESUME_QUEUE = LuaScript.load("resume-queue");
    static final LuaScript QUEUE_STATUS = LuaScript.load("queue-status");
    static final LuaScript FIND_JOB = LuaScript.load("find-job");
    static final LuaScript FORGET_WORKERS = LuaScript.load("forget-workers");

    static final LuaScript ACCEPT_ONCE = LuaScript.load("accept-once").enclosing(ENQUEUE_JOBS);
    static final LuaScript OLD_MARKS = LuaScript.load("old-marks");

    /** The consumer group of every ready stream. */
    static final String GROUP = "workers";

    private Scripts() {}
}
