package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.vertx.redis.client.impl.types.ErrorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers of one command are told of the failure of the batch that it was in. */
class BatchFailureTest {

    private static QueueUnavailableException first(String error) {
        Throwable failure = ErrorType.create("ERR [0] " + error + "\nERR [1] " + error);
        return (QueueUnavailableException) BatchFailure.of(failure, 2).at(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "NOREPLICAS Not enough good replicas to write.",
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "ERR unknown command 'XADD'"
            })
    void whatRedisRefusedHadNoEffect(String error) {
        assertThat(first(error).effect()).isEqualTo(Effect.REFUSED);
    }

    /** The client's words for a connection that broke while the batch was under way, which Redis may have received. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.io.IOException: Connection reset by peer",
                "java.io.IOException: Broken pipe",
                "io.netty.channel.StacklessClosedChannelException",
                "CONNECTION_CLOSED",
                "Connection reset by peer",
                "null"
            })
    void whatNobodyAnsweredMayHaveBeenDone(String error) {
        assertThat(first(error).effect()).isEqualTo(Effect.UNKNOWN);
    }

    /** It was refused, sent again and then not answered: the words of the first try say nothing about the last. */
    @Test
    void aRefusalThatADeadlineQuotesIsNotThatOfTheBatch() {
        Throwable deadline = new IllegalStateException(
                "Redis did not answer within 2000 ms, last: ERR [0] LOADING Redis is loading\nERR [1] LOADING Redis is loading");

        BatchFailure failure = BatchFailure.of(deadline, 2);

        for (int position = 0; position < 2; position++) {
            Throwable told = RedisResults.inPortWords(failure.at(position));
            assertThat(((QueueUnavailableException) told).effect()).isEqualTo(Effect.UNKNOWN);
        }
    }
}
