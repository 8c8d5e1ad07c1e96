package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.alert.AlertDigest;
import io.penstock.common.alert.AlertSink;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.OutageNotice;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When an outage is one, and how people hear of it. */
class OutageWatchTest {

    private final Vertx vertx = Vertx.vertx();
    private final List<String> told = new ArrayList<>();
    private boolean postgresqlAnswers = true;
    private boolean redisAnswers = true;
    private boolean newsFail;

    private final OutageNews news = new OutageNews() {
        @Override
        public Uni<Void> ofRedis(boolean over) {
            return tell("redis " + over);
        }

        @Override
        public Uni<Void> ofPostgresql(boolean over) {
            return tell("postgresql " + over);
        }
    };

    private final OutageWatch watch = new OutageWatch(
            () -> answer(postgresqlAnswers),
            () -> answer(redisAnswers),
            news,
            new SmallRyeConfigBuilder()
                    .withMapping(MaintenanceConfig.class)
                    .withSources(new PropertiesConfigSource(
                            Map.of("penstock.maintenance.health-check.answer-within", "50ms"), "test", 1_000))
                    .addDiscoveredConverters()
                    .build()
                    .getConfigMapping(MaintenanceConfig.class)
                    .healthCheck(),
            vertx);

    @AfterEach
    void close() {
        vertx.close();
    }

    private Uni<Void> tell(String what) {
        told.add(what);
        return newsFail
                ? Uni.createFrom().failure(new IllegalStateException("both are away"))
                : Uni.createFrom().voidItem();
    }

    /** One that is away says nothing at all. */
    private static Uni<?> answer(boolean answers) {
        return answers ? Uni.createFrom().item(1) : Uni.createFrom().nothing();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.runOnce().await().atMost(Duration.ofSeconds(10));
        }
    }

    @Test
    void tellsOfAnOutageOnceAndOfItsEndOnce() {
        look(3);
        redisAnswers = false;
        look(2);
        assertThat(told).isEmpty();
        look(4);
        assertThat(told).containsExactly("redis false");

        redisAnswers = true;
        look(1);
        assertThat(told).hasSize(1);
        look(3);
        assertThat(told).containsExactly("redis false", "redis true");
    }

    @Test
    void whatComesAndGoesIsOneOutage() {
        postgresqlAnswers = false;
        look(3);
        for (int i = 0; i < 5; i++) {
            postgresqlAnswers = !postgresqlAnswers;
            look(1);
        }
        assertThat(told).containsExactly("postgresql false");
    }

    @Test
    void goesOnWhereNobodyCanBeTold() {
        newsFail = true;
        postgresqlAnswers = false;
        redisAnswers = false;
        look(4);
        assertThat(told).containsExactly("postgresql false", "redis false");
    }

    private record Sink(String channel, boolean isOn, boolean fails, List<AlertDigest> sent) implements AlertSink {

        @Override
        public Uni<Void> send(AlertDigest digest) {
            sent.add(digest);
            return fails
                    ? Uni.createFrom().failure(new IllegalStateException("no"))
                    : Uni.createFrom().voidItem();
        }
    }

    @Test
    void aNoticeGoesToEveryChannelThatIsOn() {
        Sink mail = new Sink("mail", true, false, new ArrayList<>());
        Sink webhook = new Sink("webhook", true, false, new ArrayList<>());
        Sink off = new Sink("off", false, false, new ArrayList<>());

        Outcome outcome = new OutageNoticeHandler(List.of(mail, webhook, off))
                .handle(new OutageNotice(false, 1_000), null)
                .await()
                .atMost(Duration.ofSeconds(5));

        assertThat(outcome).isEqualTo(Outcome.completed());
        assertThat(mail.sent()).hasSize(1);
        assertThat(webhook.sent().get(0).shown().get(0).summary()).isEqualTo("postgresql does not answer");
        assertThat(off.sent()).isEmpty();
    }

    @Test
    void aChannelThatFailsFailsTheJob() {
        Sink broken = new Sink("mail", true, true, new ArrayList<>());
        OutageNoticeHandler handler = new OutageNoticeHandler(List.of(broken));

        assertThatThrownBy(() -> handler.handle(new OutageNotice(true, 1_000), null)
                        .await()
                        .atMost(Duration.ofSeconds(5)))
                .hasMessage("no");
    }
}
