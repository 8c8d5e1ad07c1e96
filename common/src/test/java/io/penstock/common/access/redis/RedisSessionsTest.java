package io.penstock.common.access.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.access.LoggedIn;
import io.penstock.common.access.Session;
import io.penstock.common.access.Sessions;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisSessionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final LoggedIn ANNA =
            new LoggedIn(UUID.randomUUID().toString(), "anna; née \u00d6z", "operator", "7");

    private RedisFixture redis;
    private RedisRouter routes;
    private RedisSessions sessions;

    @BeforeEach
    void open() {
        redis = fixture();
        routes = redis.routes();
        sessions = new RedisSessions(routes, LIMIT);
    }

    RedisFixture fixture() {
        return new RedisFixture();
    }

    @AfterEach
    void close() {
        routes.close();
        redis.close();
    }

    @Test
    void aSessionIsFoundUntilItIsEnded() {
        Session opened = await(sessions.open(ANNA, "d1"));

        assertThat(await(sessions.use(ANNA.subject(), "d1"))).contains(opened);
        assertThat(opened.who()).isEqualTo(ANNA);
        assertThat(Duration.between(opened.createdAt(), opened.expiresAt())).isEqualTo(Sessions.LIFE);

        await(sessions.end(ANNA.subject(), "d1"));
        assertThat(await(sessions.use(ANNA.subject(), "d1"))).isEmpty();
    }

    @Test
    void itIsNobodyElses() {
        await(sessions.open(ANNA, "d1"));

        assertThat(await(sessions.use(UUID.randomUUID().toString(), "d1"))).isEmpty();
        assertThat(await(sessions.use(ANNA.subject(), "d2"))).isEmpty();
    }

    @Test
    void useWithinTheHourIsNotWritten() {
        Session opened = await(sessions.open(ANNA, "d1"));

        assertThat(await(sessions.use(ANNA.subject(), "d1")).orElseThrow().expiresAt())
                .isEqualTo(opened.expiresAt());
    }

    @Test
    void useAfterTheHourPutsTheEndOff() {
        await(sessions.open(ANNA, "d1"));
        long nearEnd = System.currentTimeMillis() + Duration.ofDays(2).toMillis();
        redis.run("HSET", key(), "d1", "1;" + nearEnd + ";5;operator;7;anna");

        Session used = await(sessions.use(ANNA.subject(), "d1")).orElseThrow();

        assertThat(used.expiresAt().toEpochMilli())
                .isGreaterThan(nearEnd + Duration.ofDays(4).toMillis());
        assertThat(used.createdAt().toEpochMilli()).isEqualTo(5);
        assertThat(redis.count("PTTL", key())).isGreaterThan(Duration.ofDays(6).toMillis());
    }

    @Test
    void oneThatHasEndedIsNoneAndGoes() {
        await(sessions.open(ANNA, "d1"));
        redis.run("HSET", key(), "old", "1;5;1;operator;7;anna");

        assertThat(await(sessions.use(ANNA.subject(), "old"))).isEmpty();
        assertThat(redis.count("HLEN", key())).isEqualTo(1);
    }

    @Test
    void oneOfALaterFormatIsNone() {
        redis.run("HSET", key(), "new", "2;whatever");

        assertThat(await(sessions.use(ANNA.subject(), "new"))).isEmpty();
    }

    @Test
    void theFirstToEndMakesRoomForOneTooMany() {
        for (int i = 0; i < Sessions.MOST_OF_A_SUBJECT; i++) {
            await(sessions.open(ANNA, "d" + i));
        }
        long soon = System.currentTimeMillis() + 60_000;
        redis.run("HSET", key(), "d3", "1;" + soon + ";5;operator;7;anna");

        await(sessions.open(ANNA, "another"));

        assertThat(redis.count("HLEN", key())).isEqualTo(Sessions.MOST_OF_A_SUBJECT);
        assertThat(await(sessions.use(ANNA.subject(), "d3"))).isEmpty();
        assertThat(await(sessions.use(ANNA.subject(), "another"))).isPresent();
    }

    @Test
    void allEndAtOnceButTheOneThatIsKept() {
        await(sessions.open(ANNA, "d1"));
        await(sessions.open(ANNA, "d2"));

        await(sessions.endAll(ANNA.subject(), "d2"));
        assertThat(await(sessions.use(ANNA.subject(), "d1"))).isEmpty();
        assertThat(await(sessions.use(ANNA.subject(), "d2"))).isPresent();

        await(sessions.endAll(ANNA.subject(), null));
        assertThat(redis.count("EXISTS", key())).isZero();
    }

    @Test
    void aLinkIsGoodOnce() {
        await(sessions.addLink(ANNA, "l1", Duration.ofMinutes(5)));

        assertThat(await(sessions.takeLink("l1"))).contains(ANNA);
        assertThat(await(sessions.takeLink("l1"))).isEmpty();
        assertThat(await(sessions.takeLink("l2"))).isEmpty();
    }

    @Test
    void aLinkIsForgottenWhenItIsTooOld() {
        await(sessions.addLink(ANNA, "l1", Duration.ofMinutes(5)));

        assertThat(redis.count("PTTL", RedisKeys.logInLink("l1"))).isBetween(1L, 300_000L);
    }

    private static String key() {
        return RedisKeys.sessions(ANNA.subject());
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(LIMIT);
    }
}
