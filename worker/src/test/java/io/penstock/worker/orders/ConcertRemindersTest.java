package io.penstock.worker.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.Outcome;
import io.penstock.common.orders.ConcertReminders;
import io.penstock.common.orders.Reminders;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is reminded of what, and how often. */
@Tag("quarkus")
@QuarkusTest
class ConcertRemindersTest extends ShopTest {

    private static final LocalDate DAY = LocalDate.parse("2190-05-01");
    private static final ZoneId TAIPEI = ZoneId.of("Asia/Taipei");

    @Inject
    ConcertRemindersHandler handler;

    @Inject
    Reminders reminders;

    private void bought(String email, long type, int quantity) {
        get(holding(orders, email, type, quantity).chain(order -> orders.pay(order.id(), "p" + order.id())));
    }

    private Uni<Outcome> run(LocalDate day) {
        return handler.handle(new ConcertReminders(day), Context.PLAIN);
    }

    private List<String> written() {
        return texts("SELECT recipient || ' ' || about FROM shop_mail ORDER BY recipient, about");
    }

    @Test
    void oneMailHoldsAllTicketsOfADay() {
        long evening = onSale(20, Instant.parse("2190-05-01T11:30:00Z"));
        long night = onSale(20, Instant.parse("2190-05-01T15:59:59Z"));
        bought("ada@example.org", night, 1);
        bought("ada@example.org", evening, 2);
        bought("ada@example.org", evening, 3);
        bought("bob@example.org", night, 1);

        Outcome outcome = get(run(DAY));

        assertThat(outcome).isEqualTo(Outcome.completed(new ConcertRemindersHandler.Report("2190-05-01", 2, 2)));
        assertThat(texts("SELECT body FROM shop_mail WHERE recipient = 'ada@example.org'"))
                .containsExactly(
                        """
                        Your tickets for 2190-05-01:

                        19:30  Organs, St John: 5 × Stalls
                        23:59  Organs, St John: 1 × Stalls
                        """);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> number("SELECT count(*) FROM shop_mail WHERE state = 'sent'") == 2);
        assertThat(texts("SELECT DISTINCT subject FROM shop_mail")).containsExactly("Your concerts of 2190-05-01");
        assertThat(sql("SELECT id FROM shop_mail"))
                .allSatisfy(row -> assertThat(copies(row.getLong("id"))).isEqualTo(1));
    }

    @Test
    void aDayBeginsAndEndsInTheShopsTimeZone() {
        bought("before@example.org", onSale(5, Instant.parse("2190-04-30T15:59:59Z")), 1);
        bought("first@example.org", onSale(5, Instant.parse("2190-04-30T16:00:00Z")), 1);
        bought("after@example.org", onSale(5, Instant.parse("2190-05-01T16:00:00Z")), 1);

        get(run(DAY));

        assertThat(written()).singleElement().asString().startsWith("first@example.org");
    }

    @Test
    void onlyPaidOrdersCount() {
        long type = onSale(5, Instant.parse("2190-05-01T11:30:00Z"));
        get(holding(orders, "held@example.org", type, 1));
        get(holding(orders, "gone@example.org", type, 1).chain(order -> orders.cancel(order.id())));

        get(run(DAY));

        assertThat(written()).isEmpty();
    }

    @Test
    void runningTwiceWritesNothingTwice() {
        long type = onSale(5, Instant.parse("2190-05-01T11:30:00Z"));
        bought("ada@example.org", type, 1);
        bought("bob@example.org", type, 1);

        get(Uni.join().all(run(DAY), run(DAY), run(DAY)).andFailFast());
        bought("cy@example.org", type, 1);
        Outcome again = get(run(DAY));

        assertThat(again).isEqualTo(Outcome.completed(new ConcertRemindersHandler.Report("2190-05-01", 3, 1)));
        assertThat(written()).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void withoutADayItIsTomorrow() {
        Instant tomorrow =
                LocalDate.now(TAIPEI).plusDays(1).atTime(20, 0).atZone(TAIPEI).toInstant();
        bought("ada@example.org", onSale(5, tomorrow), 1);

        get(handler.handle(new ConcertReminders(null), Context.PLAIN));

        assertThat(number("SELECT count(*) FROM shop_mail")).isEqualTo(1);
    }

    @Test
    void pagesMissNobody() {
        long type = onSale(30, Instant.parse("2190-05-01T11:30:00Z"));
        for (int i = 0; i < 7; i++) {
            bought("u" + i + "@example.org", type, 1 + i % 3);
        }

        long last = 0;
        int users = 0;
        for (int page = 0; page < 4; page++) {
            Reminders.Page done = get(reminders.write(DAY, TAIPEI, last, 2));
            last = done.lastUser();
            users += done.users();
        }

        assertThat(users).isEqualTo(7);
        assertThat(number("SELECT count(*) FROM shop_mail")).isEqualTo(7);
    }
}
