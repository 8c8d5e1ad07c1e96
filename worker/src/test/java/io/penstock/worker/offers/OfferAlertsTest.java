package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.offers.OfferReading;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OfferStore.Reader;
import io.penstock.common.offers.SendAlerts;
import io.penstock.common.offers.SweepRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.mail.internet.MimeMessage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which change of an offer raises which alert, how often, and how it reaches people. */
@Tag("quarkus")
@QuarkusTest
class OfferAlertsTest extends OffersTest {

    private static final Instant START = Instant.now().minus(Duration.ofHours(3));
    private static final Context JOB = new Context("job-1", 1, 3);

    @Inject
    SendAlertsHandler handler;

    private static OfferReading reading(String id, OfferStatus status, Integer lastConversionSeconds) {
        return new OfferReading(
                id,
                "Offer\r\nBcc: x@example.org",
                status,
                "TW",
                "Taiwan",
                null,
                "Games",
                null,
                "CPA",
                new BigDecimal("1.5"),
                "USD",
                null,
                true,
                3L,
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                lastConversionSeconds);
    }

    private int save(int minute, OfferReading... readings) {
        return get(saving(minute, readings));
    }

    private Uni<Integer> saving(int minute, OfferReading... readings) {
        Instant at = START.plus(Duration.ofMinutes(minute));
        return pool.withTransaction(connection -> store.save(connection, Arrays.asList(readings), at, Reader.SWEEP));
    }

    private List<String> kinds() {
        return texts("SELECT kind FROM offer_alerts ORDER BY id");
    }

    @ParameterizedTest
    @CsvSource({
        "59, 601, CONVERSIONS_STOPPED",
        "0, 3600, CONVERSIONS_STOPPED",
        "59, 600, ",
        "60, 601, CONVERSIONS_SLOWED",
        "300, 1501, CONVERSIONS_SLOWED",
        "300, 1500, ",
        "3600, 3700, ",
        "100, 550, ",
        "300, , CONVERSIONS_GONE",
        "0, , CONVERSIONS_GONE",
        ", 3600, ",
        ", , ",
        "3600, 0, "
    })
    void raisesWhatTheChangeCallsFor(Integer before, Integer after, String kind) {
        assertThat(save(0, reading("a", OfferStatus.ACTIVE, before))).isZero();

        int raised = save(5, reading("a", OfferStatus.ACTIVE, after));

        assertThat(raised).isEqualTo(kind == null ? 0 : 1);
        assertThat(kinds()).isEqualTo(kind == null ? List.of() : List.of(kind));
    }

    @Test
    void raisesAnAlertWhenTheStatusChanges() {
        save(0, reading("a", OfferStatus.ACTIVE, 300));

        save(5, reading("a", OfferStatus.BLOCKED, 300));

        assertThat(kinds()).containsExactly("STATUS_CHANGED");
        assertThat(texts("SELECT before_value || ' ' || after_value FROM offer_alerts"))
                .containsExactly("Active Blocked");
    }

    @Test
    void raisesNoneTwiceWithinAnHour() {
        save(0, reading("a", OfferStatus.ACTIVE, 300));
        save(1, reading("a", OfferStatus.PAUSED, 300));
        save(2, reading("a", OfferStatus.ACTIVE, null));
        save(3, reading("a", OfferStatus.PAUSED, 300));
        assertThat(kinds()).containsExactly("STATUS_CHANGED", "CONVERSIONS_GONE");

        sql("UPDATE offer_alert_latest SET raised_at = raised_at - interval '61 minutes'");
        save(4, reading("a", OfferStatus.ACTIVE, 300));

        assertThat(kinds()).containsExactly("STATUS_CHANGED", "CONVERSIONS_GONE", "STATUS_CHANGED");
    }

    @Test
    void raisesOneWhenSeveralWorkersSeeTheChangeAtOnce() {
        OfferReading[] before = offers(OfferStatus.ACTIVE);
        OfferReading[] after = offers(OfferStatus.PAUSED);
        save(0, before);

        List<Uni<Integer>> savings = IntStream.rangeClosed(1, 8)
                .mapToObj(minute -> saving(minute, minute % 2 == 0 ? reversed(after) : after))
                .toList();
        get(Uni.join().all(savings).andFailFast());

        assertThat(count("SELECT count(*) FROM offer_alerts")).isEqualTo(before.length);
    }

    private static OfferReading[] offers(OfferStatus status) {
        return IntStream.range(0, 50)
                .mapToObj(n -> reading("o" + n, status, 300))
                .toArray(OfferReading[]::new);
    }

    private static OfferReading[] reversed(OfferReading[] readings) {
        return IntStream.range(0, readings.length)
                .mapToObj(n -> readings[readings.length - 1 - n])
                .toArray(OfferReading[]::new);
    }

    @Test
    void doesNotGoBackInTime() {
        save(10, reading("a", OfferStatus.ACTIVE, 300));

        int raised = save(5, reading("a", OfferStatus.BLOCKED, null));

        assertThat(raised).isZero();
        assertThat(get(queries.find("a")).orElseThrow().status()).isEqualTo(OfferStatus.ACTIVE);
        assertThat(count("SELECT count(*) FROM offer_snapshots")).isEqualTo(1);
    }

    @Test
    void believesNoWorkerThatComesFromTheFuture() {
        save(24 * 60, reading("a", OfferStatus.ACTIVE, 300));

        assertThat(get(queries.find("a")).orElseThrow().fetchedAt())
                .isBeforeOrEqualTo(Instant.now().plusSeconds(5));
    }

    @Test
    void sendsEachPendingAlertOnce() throws Exception {
        save(0, reading("a", OfferStatus.ACTIVE, 30), reading("b", OfferStatus.ACTIVE, 300));
        save(5, reading("a", OfferStatus.ACTIVE, 900), reading("b", OfferStatus.PAUSED, 300));

        get(Uni.join()
                .all(handler.handle(new SendAlerts(), JOB), handler.handle(new SendAlerts(), JOB))
                .andFailFast());

        MimeMessage[] messages = mail.getReceivedMessages();
        assertThat(messages).hasSize(2);
        assertThat(Arrays.stream(messages).map(OfferAlertsTest::subject))
                .containsExactlyInAnyOrder(
                        "[Penstock] Offer a: conversions stopped", "[Penstock] Offer b: status changed to Paused");
        assertThat(messages[0].getAllRecipients()).extracting(Object::toString).containsExactly("ops@example.org");
        assertThat(messages[0].getFrom()).extracting(Object::toString).containsExactly("penstock@example.org");
        assertThat(messages[0].getHeader("Message-ID")[0]).startsWith("<offer-alert-");
        assertThat(messages[0].getContent().toString()).contains("(Offer Bcc: x@example.org)");
        assertThat(texts("SELECT DISTINCT state FROM offer_alerts")).containsExactly("SENT");
    }

    private static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keepsAlertsPendingWhileTheMailServerIsAway() {
        save(0, reading("a", OfferStatus.ACTIVE, 300));
        save(5, reading("a", OfferStatus.PAUSED, 300));

        mail.stop();
        try {
            assertThatThrownBy(() -> get(handler.handle(new SendAlerts(), JOB)))
                    .hasMessageContaining("the mail server did not take the mail");
            assertThat(texts("SELECT state FROM offer_alerts")).containsExactly("PENDING");
        } finally {
            mail.start();
        }

        get(handler.handle(new SendAlerts(), JOB));
        assertThat(mail.getReceivedMessages()).hasSize(1);
    }

    @Test
    void sendsNoNewsOfYesterday() {
        save(0, reading("a", OfferStatus.ACTIVE, 300));
        save(5, reading("a", OfferStatus.PAUSED, 300));
        sql("UPDATE offer_alerts SET raised_at = raised_at - interval '25 hours'");

        get(handler.handle(new SendAlerts(), JOB));

        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    @Test
    void reachThePeopleAfterASweep() {
        awaitEnd(get(sweeps.start(new SweepRequest(401, 1, 1, "Active"))).batchId());
        feed.onPage(401, hit -> feed.page(401, TestFeed.offerJson("p401-1", "2h")));

        awaitEnd(get(sweeps.start(new SweepRequest(401, 1, 1, "Active"))).batchId());

        assertThat(mail.waitForIncomingEmail(10_000, 1)).isTrue();
        assertThat(subject(mail.getReceivedMessages()[0]))
                .isEqualTo("[Penstock] Offer p401-1: conversions slowed down");
    }
}
