package io.penstock.common.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.testing.EmbeddedServers;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pools on a real PostgreSQL. */
@Tag("slow")
class DatabasePoolsTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static Pool write;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void connect() {
        write = Pool.newInstance(PgBuilder.pool()
                .connectingTo(
                        PgConnectOptions.fromUri("postgresql://postgres:postgres@" + EmbeddedServers.postgresAddress()))
                .with(new PoolOptions().setMaxSize(4))
                .using(VERTX)
                .build());
    }

    @AfterAll
    static void close() {
        write.closeAndAwait();
        VERTX.close();
    }

    private static PoolsConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withMapping(PoolsConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(PoolsConfig.class);
    }

    private DatabasePools pools(Map<String, String> settings) {
        return new DatabasePools(
                write,
                VERTX,
                config(settings),
                meters,
                "postgresql://" + EmbeddedServers.postgresAddress(),
                Optional.of("postgres"),
                Optional.of("postgres"),
                4,
                Optional.empty());
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private static String text(Uni<String> uni) {
        return get(uni);
    }

    private static Uni<String> setting(Pool pool, String name) {
        return pool.query("SELECT current_setting('" + name + "')")
                .execute()
                .map(rows -> rows.iterator().next().getString(0));
    }

    @Test
    void eachPurposeHasItsOwnConnectionsAndTimeOut() {
        DatabasePools pools = pools(Map.of("penstock.pools.read.statement-timeout", "1500ms"));

        assertThat(text(pools.read(pool -> setting(pool, "application_name")))).isEqualTo("penstock-read");
        assertThat(text(pools.read(pool -> setting(pool, "statement_timeout")))).isEqualTo("1500ms");
        assertThat(text(pools.analytics(pool -> setting(pool, "application_name"))))
                .isEqualTo("penstock-analytics");
        assertThat(text(pools.analytics(pool -> setting(pool, "statement_timeout"))))
                .isEqualTo("0");
        assertThat(text(pools.write(pool -> setting(pool, "application_name")))).doesNotContain("penstock");
        pools.close();
    }

    @Test
    void aPoolThatNobodyUsesHasNoConnection() {
        DatabasePools pools = pools(Map.of());

        assertThat(text(pools.ask(Purpose.READ, Duration.ofSeconds(1)))).isEmpty();
        assertThat(pools.states()).extracting(PoolState::opened).containsExactly(true, false, false);
    }

    @Test
    void aReadGoesToThePoolForWritesWhileItsOwnIsBusy() {
        DatabasePools pools = pools(Map.of("penstock.pools.read.max-size", "2"));
        List<UniEmitter<? super String>> held = new ArrayList<>();
        Uni<String> hold = pools.read(pool -> Uni.createFrom().emitter(held::add));
        hold.subscribe().with(item -> {});
        assertThat(pools.route(Purpose.READ).purpose()).isEqualTo(Purpose.READ);
        hold.subscribe().with(item -> {});

        assertThat(pools.route(Purpose.READ).purpose()).isEqualTo(Purpose.WRITE);
        assertThat(pools.route(Purpose.ANALYTICS).purpose()).isEqualTo(Purpose.ANALYTICS);
        assertThat(pools.states().get(1).diverted()).isEqualTo(1);
        assertThat(meters.get("penstock.pool.in.use")
                        .tag("pool", "read")
                        .gauge()
                        .value())
                .isEqualTo(2);

        held.forEach(emitter -> emitter.complete("done"));
        assertThat(pools.route(Purpose.READ).purpose()).isEqualTo(Purpose.READ);
        PoolSample sample = pools.takeSamples().get(1);
        assertThat(sample.peak()).isEqualTo(2);
        assertThat(sample.done()).isEqualTo(2);
        assertThat(pools.takeSamples().get(1).isWorthTelling()).isFalse();
    }

    @Test
    void aReadStaysWhereBothPoolsAreAsBusy() {
        DatabasePools pools = pools(Map.of("penstock.pools.read.max-size", "1"));
        Uni<String> nothing = Uni.createFrom().nothing();
        for (int i = 0; i < 4; i++) {
            pools.write(pool -> nothing).subscribe().with(item -> {});
        }
        pools.read(pool -> nothing).subscribe().with(item -> {});

        assertThat(pools.route(Purpose.READ).purpose()).isEqualTo(Purpose.READ);
    }

    @Test
    void aStatementThatTakesTooLongIsCancelledByTheServer() {
        DatabasePools pools = pools(Map.of("penstock.pools.read.statement-timeout", "50ms"));

        String failure = get(
                pools.read(pool -> pool.query("SELECT pg_sleep(30)").execute().replaceWith("slept"))
                        .onFailure()
                        .recoverWithItem(Throwable::getMessage));

        assertThat(failure).contains("statement timeout");
        assertThat(pools.states().get(1).failed()).isEqualTo(1);
        pools.close();
    }

    @Test
    void hasTheseDefaultsAndTakesEveryProperty() {
        PoolsConfig defaults = config(Map.of());
        assertThat(defaults.divertAbove()).isEqualTo(0.8);
        assertThat(defaults.read().url()).isEmpty();
        assertThat(defaults.read().maxSize()).isEqualTo(8);
        assertThat(defaults.read().idleTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.read().statementTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.analytics().url()).isEmpty();
        assertThat(defaults.analytics().maxSize()).isEqualTo(2);
        assertThat(defaults.analytics().idleTimeout()).isEqualTo(Duration.ofSeconds(10));

        PoolsConfig set = config(Map.of(
                "penstock.pools.divert-above", "0.5",
                "penstock.pools.read.url", "postgresql://a/b",
                "penstock.pools.read.max-size", "3",
                "penstock.pools.read.idle-timeout", "4s",
                "penstock.pools.read.statement-timeout", "5s",
                "penstock.pools.analytics.url", "postgresql://c/d",
                "penstock.pools.analytics.max-size", "6",
                "penstock.pools.analytics.idle-timeout", "7s"));
        assertThat(set.divertAbove()).isEqualTo(0.5);
        assertThat(set.read().url()).contains("postgresql://a/b");
        assertThat(set.read().maxSize()).isEqualTo(3);
        assertThat(set.read().idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(set.read().statementTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(set.analytics().url()).contains("postgresql://c/d");
        assertThat(set.analytics().maxSize()).isEqualTo(6);
        assertThat(set.analytics().idleTimeout()).isEqualTo(Duration.ofSeconds(7));
    }
}
