package io.penstock.bench.compare;

import static io.penstock.bench.compare.Target.atLeast;
import static io.penstock.bench.compare.Target.atMost;

import org.jspecify.annotations.Nullable;

/** A row of the table: one figure of a contest, and what is promised of it. */
@SuppressWarnings("ImmutableEnumChecker") // a target is a record of unchangeable things
enum Promise {
    SINGLE_ADD("single awaited add, 4 KB", Contest.QUEUE_ADD, Figure.JOBS_PER_SECOND, atLeast(2)),
    BULK_ADD("bulk add, 50 per call, 200 B", Contest.QUEUE_ADD_BULK, Figure.JOBS_PER_SECOND, atLeast(8)),
    MANY_SLOTS("worker, 100 slots, no-op", Contest.WORKER_CONCURRENT, Figure.JOBS_PER_SECOND, atLeast(7)),
    ONE_SLOT("worker, 1 slot, no-op", Contest.WORKER_1, Figure.JOBS_PER_SECOND, atLeast(4)),
    END_TO_END("end to end, producer and worker at once, 2 processes", Contest.E2E, Figure.JOBS_PER_SECOND, atLeast(7)),
    REDIS_CPU("Redis CPU per job, end to end", Contest.E2E, Figure.REDIS_MICROS, atMost(0.1)),
    MEMORY("Redis memory per queued job, 200 B", Contest.MEMORY, Figure.BYTES, atMost(0.4)),
    PICK_UP_MEDIAN("pick-up of one job by an idle worker, p50", Contest.PICKUP, Figure.P50, null),
    PICK_UP("pick-up of one job by an idle worker, p99", Contest.PICKUP, Figure.P99, atMost(0.5)),
    UPSERT("1 PostgreSQL upsert per job", Contest.WORKER_UPSERT, Figure.JOBS_PER_SECOND, atLeast(0.7));

    private final String title;
    private final Contest contest;
    private final Figure figure;
    private final @Nullable Target target;

    /** @param target null: shown, and nothing promised */
    Promise(String title, Contest contest, Figure figure, @Nullable Target target) {
        this.title = title;
        this.contest = contest;
        this.figure = figure;
        this.target = target;
    }

    String title() {
        return title;
    }

    Contest contest() {
        return contest;
    }

    Figure figure() {
        return figure;
    }

    @Nullable
    Target target() {
        return target;
    }
}
