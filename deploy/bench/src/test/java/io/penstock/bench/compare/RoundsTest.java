package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {

    @Test
    void letsTheSidesTakeTurnsInEachRound() {
        List<Sample> samples = new Rounds(2, List.of(Contest.E2E, Contest.WORKER_UPSERT))
                .play(turn -> new Sample(turn, JsonNodeFactory.instance.objectNode()), sample -> {});

        assertThat(samples)
                .extracting(sample -> sample.turn().toString())
                .containsExactly(
                        "round 1, e2e, BullMQ",
                        "round 1, e2e, bee-queue",
                        "round 1, e2e, Penstock",
                        "round 1, bare-upsert, no queue",
                        "round 1, worker-upsert, Penstock",
                        "round 2, e2e, BullMQ",
                        "round 2, e2e, bee-queue",
                        "round 2, e2e, Penstock",
                        "round 2, bare-upsert, no queue",
                        "round 2, worker-upsert, Penstock");
    }
}
