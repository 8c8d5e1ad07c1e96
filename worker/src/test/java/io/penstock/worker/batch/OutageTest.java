package io.penstock.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an item is blamed for, and what it is not. */
class OutageTest {

    @ParameterizedTest
    @CsvSource({
        "57P01, true", // PostgreSQL is told to stop
        "57P03, true", // it is starting
        "08006, true", // the connection failed
        "57014, false", // a statement took too long
        "23505, false", // a row was there before
        "40001, false",
        ", false"
    })
    void postgresThatGoesOrComesIsNoFaultOfAnItem(@org.jspecify.annotations.Nullable String sqlState, boolean outage) {
        assertThat(ChunkRunner.isOutage(sqlState)).isEqualTo(outage);
    }
}
