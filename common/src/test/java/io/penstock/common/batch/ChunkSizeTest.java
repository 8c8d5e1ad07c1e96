package io.penstock.common.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkSizeTest {

    @ParameterizedTest
    @CsvSource({
        // size, backlog, done, failed, expected
        "50,  5000, 500, 0,   75",
        "80,  5000, 500, 0,   100",
        "100, 5000, 500, 0,   100",
        "50,  50,   500, 0,   40",
        "12,  50,   500, 0,   10",
        "10,  50,   500, 0,   10",
        "4,   50,   500, 0,   4",
        "50,  500,  500, 0,   50",
        "50,  5000, 500, 50,  75",
        "50,  5000, 500, 51,  25",
        "8,   5000, 500, 400, 5",
        "3,   5000, 500, 400, 3",
        "1,   5000, 0,   0,   1",
    })
    void followsBacklogAndErrors(int size, long backlog, long done, long failed, int expected) {
        assertThat(ChunkSize.after(size, backlog, done, failed).size()).isEqualTo(expected);
    }
}
