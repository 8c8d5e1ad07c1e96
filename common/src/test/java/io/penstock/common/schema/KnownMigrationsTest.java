package io.penstock.common.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.schema.KnownMigrations.Applied;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownMigrationsTest {

    private final KnownMigrations known = KnownMigrations.parse("1 -17\n2 4711");

    @Test
    void tablesOfThisBuildOrALaterOneAreUpToDate() {
        Applied first = new Applied("1", -17, true);
        Applied second = new Applied("2", 4711, true);

        assertThat(known.areAllAmong(List.of(first, second))).isTrue();
        assertThat(known.areAllAmong(List.of(first, second, new Applied("3", 5, true), new Applied(null, null, true))))
                .isTrue();
    }

    @Test
    void flywayIsAskedWhereAnythingIsMissingAnotherOrFailed() {
        Applied first = new Applied("1", -17, true);

        assertThat(known.areAllAmong(List.of())).isFalse();
        assertThat(known.areAllAmong(List.of(first))).isFalse();
        assertThat(known.areAllAmong(List.of(first, new Applied("2", 4712, true))))
                .isFalse();
        assertThat(known.areAllAmong(List.of(first, new Applied("2", null, true))))
                .isFalse();
        assertThat(known.areAllAmong(List.of(first, new Applied("2", 4711, true), new Applied("3", 5, false))))
                .isFalse();
    }

    @Test
    void whoKnowsNoneAsksFlyway() {
        KnownMigrations none = KnownMigrations.parse("");

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.areAllAmong(List.of(new Applied("1", -17, true)))).isFalse();
    }
}
