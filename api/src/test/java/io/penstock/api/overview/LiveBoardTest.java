package io.penstock.api.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.overview.Observation.Records;
import io.penstock.common.queue.QueueStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a listener is told that has heard so far. */
class LiveBoardTest {

    private static final Instant NOW = Instant.parse("2026-11-22T18:55:12Z");
    private final LiveBoard board = new LiveBoard();

    private void see(QueueStatus... queues) {
        board.note(
                new Observation(
                        NOW,
                        List.of(queues),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Records.NONE,
                        List.of()),
                List.of(),
                Object::toString);
    }

    private static QueueStatus queue(String name, long waiting, long oldestMs) {
        return new QueueStatus(name, waiting, 0, 0, 0, 0, 0, 0, 0, 0, 0, oldestMs, false, 0);
    }

    private List<LiveEvent> behind(long number) {
        return board.behind(Map.of(LiveFeed.QUEUES, number, LiveFeed.WORKERS, number, LiveFeed.OVERVIEW, number));
    }

    @Test
    void onlyWhatChangedIsToldAndOnlyAsItIsNow() {
        see(queue("a", 1, 0), queue("b", 1, 0));
        long first = board.snapshot().number();
        assertThat(behind(first)).isEmpty();
        see(queue("a", 2, 0), queue("b", 1, 0));
        see(queue("a", 3, 0), queue("b", 1, 0));
        assertThat(behind(first)).singleElement().satisfies(event -> assertThat(event.json())
                .contains("waiting=3")
                .doesNotContain("queue=b"));
    }

    @Test
    void thatAJobWaitsASecondLongerIsNoNews() {
        see(queue("a", 1, 1_000));
        see(queue("a", 1, 2_000));
        assertThat(behind(1)).isEmpty();
    }

    @Test
    void numbersOfOthersAreNotRemembered() {
        assertThat(board.remembers(1)).isFalse();
        see(queue("a", 1, 0));
        assertThat(board.remembers(1)).isTrue();
        assertThat(board.remembers(2)).isFalse();
        assertThat(board.remembers(0)).isFalse();
    }
}
