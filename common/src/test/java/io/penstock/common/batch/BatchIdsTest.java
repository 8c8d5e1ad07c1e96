package io.penstock.common.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BatchIdsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

    @Test
    void tellTheTimeOfTheirMaking() {
        UUID id = BatchIds.next(NOON);

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(BatchIds.timeOf(id)).isEqualTo(NOON);
    }

    /** Compared as PostgreSQL does, byte by byte. */
    @Test
    void lieWithinTheirDay() {
        LocalDate day = LocalDate.parse("2026-03-01");
        String first = BatchIds.firstOf(day).toString();
        String next = BatchIds.firstOf(day.plusDays(1)).toString();

        assertThat(BatchIds.next(Instant.parse("2026-03-01T00:00:00Z")).toString())
                .isBetween(first, next);
        assertThat(BatchIds.next(Instant.parse("2026-03-01T23:59:59.999Z")).toString())
                .isBetween(first, next);
        assertThat(BatchIds.next(Instant.parse("2026-02-28T23:59:59.999Z")).toString())
                .isLessThan(first);
    }
}
