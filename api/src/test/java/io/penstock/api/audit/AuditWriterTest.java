package io.penstock.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.audit.AuditEntry;
import io.penstock.common.audit.AuditStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditWriterTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<AuditEntry> stored = new ArrayList<>();
    private int tries;
    private boolean away;
    private final Vertx vertx = Vertx.vertx();
    private final AuditWriter writer = new AuditWriter(vertx, new AuditStore(null) {
        @Override
        public Uni<Void> append(AuditEntry entry) {
            tries++;
            if (away) {
                return Uni.createFrom().failure(new IllegalStateException("away"));
            }
            stored.add(entry);
            return Uni.createFrom().voidItem();
        }
    });

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void anEntryIsStoredBeforeTheAnswer() {
        write(entry("a"));

        assertThat(stored).extracting(AuditEntry::action).containsExactly("a");
    }

    @Test
    void whileTheDatabaseIsAwayEntriesWaitAndNobodyTriesAgain() {
        away = true;
        write(entry("a"));
        write(entry("b"));
        assertThat(tries).isEqualTo(1);

        away = false;
        writer.runOnce().await().atMost(LIMIT);

        assertThat(stored).extracting(AuditEntry::action).containsExactly("a", "b");
        write(entry("c"));
        assertThat(stored).hasSize(3);
    }

    @Test
    void whatFailedBecauseTheDatabaseIsAwayDoesNotWaitForItAgain() {
        writer.write(entry("a"), true).await().atMost(LIMIT);
        assertThat(tries).isZero();

        writer.runOnce().await().atMost(LIMIT);
        assertThat(stored).hasSize(1);
    }

    @Test
    void whenTooManyWaitNoMoreIsTaken() {
        away = true;
        for (int i = 0; i < AuditWriter.MOST_WAITING; i++) {
            assertThat(writer.takesMore()).isTrue();
            write(entry("a" + i));
        }
        assertThat(writer.takesMore()).isFalse();

        away = false;
        writer.runOnce().await().atMost(LIMIT);
        assertThat(writer.takesMore()).isTrue();
        assertThat(stored).hasSize(AuditWriter.MOST_WAITING);
    }

    private void write(AuditEntry entry) {
        writer.write(entry, false).await().atMost(LIMIT);
    }

    private static AuditEntry entry(String action) {
        return new AuditEntry(
                Instant.EPOCH,
                UUID.randomUUID(),
                new AuditEntry.Actor("1", "anna", "user"),
                "operator",
                action,
                null,
                AuditEntry.Outcome.DONE,
                200,
                null,
                null,
                "127.0.0.1",
                null);
    }
}
