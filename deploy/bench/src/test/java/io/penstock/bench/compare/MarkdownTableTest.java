package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    @Test
    void hasARowForEachPromiseAndTheConditionsBelow() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 3_000)
                .of(Contest.WORKER_1, Side.BEE_QUEUE, Figure.JOBS_PER_SECOND, 4_500)
                .of(Contest.WORKER_1, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 14_302)
                .of(Contest.E2E, Side.BULLMQ, Figure.REDIS_MICROS, 100)
                .of(Contest.E2E, Side.BEE_QUEUE, Figure.REDIS_MICROS, 33.333)
                .of(Contest.E2E, Side.PENSTOCK, Figure.REDIS_MICROS, 10.4)
                .of(Contest.PICKUP, Side.BULLMQ, Figure.P50, 1)
                .of(Contest.PICKUP, Side.BEE_QUEUE, Figure.P50, 0.5)
                .of(Contest.PICKUP, Side.PENSTOCK, Figure.P50, 0.25)
                .of(Contest.WORKER_UPSERT, Side.NO_QUEUE, Figure.JOBS_PER_SECOND, 10_000)
                .of(Contest.WORKER_UPSERT, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 8_000)
                .compared();

        assertThat(new MarkdownTable(comparison).text())
                .isEqualTo(
                        """
                        **Redis 7.0.15, append-only file off**

                        | scenario | BullMQ | bee-queue | Penstock | bee-queue : BullMQ | Penstock : BullMQ | target | met |
                        |---|---:|---:|---:|---:|---:|---|---|
                        | worker, 1 slot, no-op | 3,000 /s | 4,500 /s | 14,302 /s | 1.5 | 4.77 | ≥ 4 | yes |
                        | Redis CPU per job, end to end | 100 µs | 33.3 µs | 10.4 µs | 0.333 | 0.104 | ≤ 0.1 | **no** |
                        | pick-up of one job by an idle worker, p50 | 1 ms | 0.5 ms | 0.25 ms | 0.5 | 0.25 | – | – |
                        | 1 PostgreSQL upsert per job, against no queue (10,000 /s) | – | – | 8,000 /s | – | 0.8 | ≥ 0.7 | yes |

                        Conditions: medians of 3 rounds, the sides in turn; BullMQ 6.7.0; Redis and clients on 2 cores; load average before: 0.25.
                        """);
    }

    @Test
    void saysWhenTheFiguresMeanNothing() {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 1)
                .comparedQuickly();

        assertThat(new MarkdownTable(comparison).text()).contains("too few jobs");
    }
}
