package io.penstock.common.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.MigratedPostgres;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of findings, in every process at once. */
@Tag("slow")
class AlertsTest {

    private static final String FULL = "queue/cleanup/waiting";

    private static MigratedPostgres postgres;

    private final AlertStore store = new AlertStore(postgres.pool());
    private final RecordingSink mail = new RecordingSink("mail");
    private final RecordingSink webhook = new RecordingSink("webhook");
    private final Alerts alerts = new Alerts(store, List.of("mail", "webhook"));
    private final AlertDelivery delivery = new AlertDelivery(
            store, List.of(mail, webhook), AlertSettings.of(Map.of("penstock.alert.deadline", "200ms")));

    /** Keeps what it is given, or does what a test tells it to. */
    private static final class RecordingSink implements AlertSink {
        private final String channel;
        private final List<AlertDigest> sent = new ArrayList<>();
        private Uni<Void> answer = Uni.createFrom().voidItem();

        RecordingSink(String channel) {
            this.channel = channel;
        }

        @Override
        public String channel() {
            return channel;
        }

        @Override
        public boolean isOn() {
            return true;
        }

        @Override
        public Uni<Void> send(AlertDigest digest) {
            return answer.invoke(() -> sent.add(digest));
        }

        List<String> told() {
            return sent.stream()
                    .flatMap(digest -> digest.shown().stream())
                    .map(notice -> notice.subject() + (notice.raised() ? " raised" : " recovered"))
                    .toList();
        }
    }

    @BeforeEach
    void empty() {
        postgres.run("TRUNCATE alert, alert_notice");
    }

    @BeforeAll
    static void migrate() {
        postgres = new MigratedPostgres();
    }

    @AfterAll
    static void close() {
        postgres.close();
    }

    @Test
    void tellsOnceWhenItBeginsAndOnceWhenItIsOver() {
        assertThat(report(wrong("full"))).containsExactly(FULL);
        assertThat(report(wrong("fuller"))).isEmpty();
        deliver();
        assertThat(report(well())).containsExactly(FULL);
        assertThat(report(well())).isEmpty();
        deliver();
        deliver();
        assertThat(mail.told()).containsExactly(FULL + " raised", FULL + " recovered");
        assertThat(webhook.told()).isEqualTo(mail.told());
    }

    @Test
    void tellsAgainWhenItComesBack() {
        report(wrong("full"));
        report(well());
        assertThat(report(wrong("full again"))).containsExactly(FULL);
        Alert alert = get(store.list(true, 10)).get(0);
        assertThat(alert.summary()).isEqualTo("full again");
        assertThat(alert.timesRaised()).isEqualTo(2);
        assertThat(get(store.list(false, 10))).isEmpty();
    }

    @Test
    void saysNothingOfWhatWasAlwaysWell() {
        assertThat(report(well())).isEmpty();
        assertThat(get(store.list(10))).isEmpty();
    }

    @Test
    void oneOfManyProcessesSeesTheChange() {
        List<Uni<Set<String>>> reports = IntStream.range(0, 12)
                .mapToObj(n -> new Alerts(store, List.of("mail")).report(List.of(wrong("full"), wrong("full " + n))))
                .toList();
        long seen = get(Uni.join().all(reports).andFailFast()).stream()
                .filter(changed -> !changed.isEmpty())
                .count();
        assertThat(seen).isEqualTo(1);
        assertThat(postgres.rows("SELECT channel, state FROM alert_notice")).containsExactly("mail raised");
    }

    @Test
    void manyProcessesSendItOnce() {
        report(wrong("full"));
        get(Uni.join()
                .all(IntStream.range(0, 8).mapToObj(n -> delivery.runOnce()).toList())
                .andFailFast());
        assertThat(mail.told()).containsExactly(FULL + " raised");
    }

    @Test
    void aThousandAlertsAreOneMessage() {
        get(alerts.report(IntStream.range(0, 1_000)
                .mapToObj(n -> Finding.wrong("schedule/s" + n + "/missed", Severity.WARNING, "missed"))
                .toList()));
        deliver();
        assertThat(mail.sent).hasSize(1);
        assertThat(mail.sent.get(0).shown()).hasSize(AlertDigest.MOST_SHOWN);
        assertThat(mail.sent.get(0).more()).isEqualTo(1_000 - AlertDigest.MOST_SHOWN);
        assertThat(get(store.raised("schedule/s99"))).hasSize(11);
    }

    @Test
    void aChannelThatFailsIsTriedLaterAndHoldsUpNoOther() {
        mail.answer = Uni.createFrom().failure(new IllegalStateException("full of mail"));
        report(wrong("full"));
        deliver();
        assertThat(webhook.told()).containsExactly(FULL + " raised");
        report(well());
        deliver();
        assertThat(postgres.rows("SELECT state, step, attempts, last_error, due_at > clock_timestamp()"
                        + " FROM alert_notice WHERE channel = 'mail' ORDER BY id"))
                .as("the second waits behind the first")
                .containsExactly("raised pending 1 full of mail true", "recovered pending 0 null false");

        mail.answer = Uni.createFrom().voidItem();
        postgres.run("UPDATE alert_notice SET due_at = clock_timestamp()");
        deliver();
        assertThat(mail.told()).containsExactly(FULL + " raised", FULL + " recovered");
        assertThat(postgres.rows("SELECT DISTINCT step FROM alert_notice")).containsExactly("sent");
    }

    @Test
    void aChannelThatHangsIsGivenUpForNow() {
        mail.answer = Uni.createFrom().nothing();
        report(wrong("full"));
        deliver();
        assertThat(postgres.rows("SELECT step, last_error FROM alert_notice WHERE channel = 'mail'"))
                .containsExactly("pending not taken within 200 ms");
    }

    @Test
    void isNoNewsAfterADay() {
        mail.answer = Uni.createFrom().failure(new IllegalStateException("away"));
        report(wrong("full"));
        postgres.run("UPDATE alert_notice SET noticed_at = noticed_at - interval '25 hours'");
        deliver();
        assertThat(postgres.rows("SELECT step FROM alert_notice WHERE channel = 'mail'"))
                .containsExactly("given_up");
    }

    @Test
    void forgetsWhatIsOverForLongAndKeepsWhatIsNot() {
        report(wrong("full"));
        get(alerts.report(List.of(Finding.wrong("over", Severity.CRITICAL, "x"))));
        get(alerts.report(List.of(Finding.well("over", "x"))));
        postgres.run("UPDATE alert SET changed_at = changed_at - interval '91 days'");
        postgres.run("UPDATE alert_notice SET noticed_at = noticed_at - interval '91 days'");
        get(delivery.forget());
        assertThat(get(store.list(10))).extracting(Alert::subject).containsExactly(FULL);
        assertThat(postgres.rows("SELECT id FROM alert_notice")).isEmpty();
    }

    @Test
    void aSummaryIsOneLineOfBoundedLength() {
        Finding finding = Finding.wrong("s", Severity.WARNING, "a\r\nBcc: x@example.org" + "y".repeat(5_000));
        assertThat(finding.summary()).startsWith("a Bcc:").hasSize(Finding.MAX_SUMMARY + 1);
    }

    private static Finding wrong(String summary) {
        return Finding.wrong(FULL, Severity.WARNING, summary);
    }

    private static Finding well() {
        return Finding.well(FULL, "empty enough");
    }

    private Set<String> report(Finding finding) {
        return get(alerts.report(List.of(finding)));
    }

    private void deliver() {
        get(delivery.runOnce());
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }
}
