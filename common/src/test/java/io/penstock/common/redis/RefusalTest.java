package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.redis.Refusal.Kind;
import io.vertx.redis.client.impl.types.ErrorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {

    private static Refusal of(String message, int commands) {
        return Refusal.of(ErrorType.create(message), commands);
    }

    @Test
    void readsWhereToGo() {
        assertThat(of("MOVED 3999 127.0.0.1:6381", 1)).isEqualTo(new Refusal(Kind.MOVED, "127.0.0.1:6381"));
        assertThat(of("ASK 3999 redis-2.example:6381", 1)).isEqualTo(new Refusal(Kind.ASK, "redis-2.example:6381"));
        assertThat(of("MOVED 3999 :6381", 1)).isEqualTo(new Refusal(Kind.MOVED, ":6381"));
        assertThat(of("MOVED 3999 ::1:6381", 1)).isEqualTo(new Refusal(Kind.MOVED, "::1:6381"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CLUSTERDOWN The cluster is down",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "READONLY You can't write against a read only replica.",
                "READONLY You can't write against a read only replica. script: 1d, on @user_script:1.",
                "NOREPLICAS Not enough good replicas to write.",
                "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
                "LOADING Redis is loading the dataset in memory"
            })
    void knowsThatLaterMayBeBetter(String message) {
        assertThat(of(message, 1)).isEqualTo(new Refusal(Kind.LATER, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"OOM command not allowed", "NOGROUP No such key", "Connection is closed", "ERR LOADING in a text"
            })
    void leavesOtherFailuresAlone(String message) {
        assertThat(of(message, 1)).isNull();
    }

    @Test
    void acceptsABatchOnlyWhenNothingOfItWasRun() {
        assertThat(of("ERR [1] MOVED 1 a:1\nERR [0] MOVED 1 a:1", 2)).isEqualTo(new Refusal(Kind.MOVED, "a:1"));
        assertThat(of("ERR [1] MOVED 1 a:1", 2)).isNull();
        assertThat(of("ERR [0] OOM command not allowed\nERR [1] MOVED 1 a:1", 2))
                .isNull();
    }
}
