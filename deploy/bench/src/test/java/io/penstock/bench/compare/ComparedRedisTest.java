package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.bench.AppendOnlyFile;
import io.penstock.bench.BenchRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ComparedRedisTest {

    @Test
    void beginsEachTurnEmptyAndWithAnEmptyAppendOnlyFile() {
        try (ComparedRedis compared = ComparedRedis.started(AppendOnlyFile.EVERYSEC);
                BenchRedis redis = new BenchRedis(compared.url())) {
            Contents.put(compared.url(), "a job", "x".repeat(100_000));
            assertThat(Long.parseLong(redis.told("persistence", "aof_current_size")))
                    .isGreaterThan(100_000);

            compared.prepareForTurn();

            assertThat(redis.size()).isZero();
            assertThat(Long.parseLong(redis.told("persistence", "aof_current_size")))
                    .isLessThan(1_000);
        }
    }

    @Test
    void saysHowItKeepsWhatItHolds() {
        try (ComparedRedis off = ComparedRedis.started(AppendOnlyFile.OFF);
                ComparedRedis everysec = ComparedRedis.started(AppendOnlyFile.EVERYSEC)) {
            assertThat(off.persistence()).isEqualTo("append-only file off");
            assertThat(everysec.persistence()).isEqualTo("append-only file, appendfsync everysec");
        }
    }

    @Test
    void leavesTheDatabaseOfAGivenRedisAlone() {
        try (ComparedRedis server = ComparedRedis.started(AppendOnlyFile.OFF);
                ComparedRedis given = ComparedRedis.given(server.url(), false);
                BenchRedis redis = new BenchRedis(server.url())) {
            Contents.put(server.url(), "orders", "of somebody else");
            Contents.put(server.url(), "bull:penstock-bench:1", "what a peer left");
            Contents.put(server.url(), "bq:penstock-bench:id", "what a peer left");

            given.prepareForTurn();
            assertThat(redis.size()).isEqualTo(3);

            given.removeWhatPeersLeft();
            assertThat(redis.size()).isEqualTo(1);
        }
    }
}
