package io.penstock.worker.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.Outcome;
import io.penstock.common.orders.SendMail;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of a mail, whatever the mail server does. */
@Tag("quarkus")
@QuarkusTest
class ShopMailTest extends ShopTest {

    @Inject
    SendMailHandler handler;

    private long written(String recipient) {
        return number(
                "INSERT INTO shop_mail (about, recipient, subject, body) VALUES ('test:' || $1, $1, 'Hello', 'Well')"
                        + " RETURNING id",
                recipient);
    }

    private Outcome send(long id) {
        return get(handler.handle(new SendMail(id), Context.PLAIN));
    }

    @Test
    void isSentOnceHoweverManyTry() {
        long id = written("ada@example.org");

        List<Outcome> outcomes = get(Uni.join()
                .all(LongStream.range(0, 6)
                        .mapToObj(n -> handler.handle(new SendMail(id), Context.PLAIN))
                        .toList())
                .andFailFast());
        send(id);

        assertThat(outcomes).filteredOn(Outcome.Completed.class::isInstance).isNotEmpty();
        assertThat(copies(id)).isEqualTo(1);
        assertThat(texts("SELECT state FROM shop_mail")).containsExactly("sent");
    }

    @Test
    void waitsForTheClaimOfASenderThatDied() {
        long id = written("ada@example.org");
        sql("UPDATE shop_mail SET claimed_until = now() + interval '20 seconds'");

        assertThat(send(id)).isInstanceOfSatisfying(Outcome.Snooze.class, snooze -> assertThat(snooze.delay())
                .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(21)));
        assertThat(copies(id)).isZero();

        sql("UPDATE shop_mail SET claimed_until = now() - interval '1 second'");
        send(id);
        assertThat(copies(id)).isEqualTo(1);
    }

    @Test
    void staysPendingWhileTheServerIsAway() {
        long id = written("ada@example.org");
        mail.stop();
        try {
            assertThatThrownBy(() -> send(id)).isInstanceOf(UpstreamFaultException.class);
            assertThat(texts("SELECT state FROM shop_mail WHERE claimed_until IS NULL AND failure IS NOT NULL"))
                    .containsExactly("pending");
        } finally {
            mail.start();
        }

        send(id);

        assertThat(copies(id)).isEqualTo(1);
    }

    @Test
    void aRefusedRecipientIsNotedAndTheOthersGetTheirs() {
        List<Long> ids = LongStream.range(0, 10)
                .mapToObj(n -> written("u" + n + "@example.org"))
                .toList();
        int port = mail.getSmtp().getPort();
        mail.stop();
        List<Outcome> outcomes;
        List<String> taken;
        try (PickyMailServer picky = new PickyMailServer(port)) {
            outcomes = ids.stream().map(this::send).toList();
            taken = picky.taken();
        } finally {
            mail.start();
        }

        assertThat(outcomes).filteredOn(Outcome.Completed.class::isInstance).hasSize(5);
        assertThat(outcomes)
                .filteredOn(Outcome.Fail.class::isInstance)
                .hasSize(5)
                .allSatisfy(
                        outcome -> assertThat(((Outcome.Fail) outcome).why()).contains("550"));
        assertThat(taken)
                .filteredOn(to -> to.contains("example.org"))
                .hasSize(5)
                .doesNotHaveDuplicates();
        assertThat(number("SELECT count(*) FROM shop_mail WHERE state = 'sent'"))
                .isEqualTo(5);
        assertThat(number("SELECT count(*) FROM shop_mail WHERE state = 'refused' AND failure LIKE '550%'"))
                .isEqualTo(5);
        await().atMost(Duration.ofSeconds(5)).until(() -> mail.getSmtp().isRunning());
    }
}
