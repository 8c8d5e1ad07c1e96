package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.offers.OfferAlert;
import io.penstock.common.offers.OfferAlert.Kind;
import io.quarkus.mailer.Mail;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertMailTest {

    private static Mail mail(String name, Kind kind, String before, String after) {
        OfferAlert alert = new OfferAlert(7, "101", name, kind, before, after, Instant.parse("2026-11-22T10:00:00Z"));
        return AlertMail.of(alert, List.of("ops@example.org"), "penstock@example.org");
    }

    @Test
    void saysWhatWasAndWhatIs() {
        Mail mail = mail("Sweet Deal", Kind.CONVERSIONS_STOPPED, "30", "4200");

        assertThat(mail.getSubject()).isEqualTo("[Penstock] Offer 101: conversions stopped");
        assertThat(mail.getText())
                .contains("Offer 101 (Sweet Deal)")
                .contains("Before: last conversion less than a minute ago")
                .contains("Now: last conversion 1 h 10 min ago");
        assertThat(mail.getHtml()).isNull();
        assertThat(mail.getTo()).containsExactly("ops@example.org");
        assertThat(mail.getFrom()).isEqualTo("penstock@example.org");
    }

    @Test
    void namesTheNewStatus() {
        Mail mail = mail(null, Kind.STATUS_CHANGED, "Active", "Blocked");

        assertThat(mail.getSubject()).isEqualTo("[Penstock] Offer 101: status changed to Blocked");
        assertThat(mail.getText()).contains("Before: Active").contains("Now: Blocked");
    }

    @Test
    void saysWhenNoConversionIsKnown() {
        assertThat(mail("x", Kind.CONVERSIONS_GONE, "300", null).getText())
                .contains("Before: last conversion 5 min ago")
                .contains("Now: no conversion known");
    }

    @Test
    void keepsLineBreaksOfAStrangerOutOfTheMail() {
        Mail mail = mail("x\r\nBcc: victim@example.org\r\n\r\n<script>", Kind.CONVERSIONS_GONE, "1", null);

        assertThat(mail.getSubject()).doesNotContain("\r").doesNotContain("\n");
        assertThat(mail.getText()).contains("Offer 101 (x Bcc: victim@example.org <script>)\n");
        assertThat(mail.getText().lines()).noneMatch(line -> line.startsWith("Bcc:"));
    }

    @Test
    void cutsANameOfAMegabyte() {
        assertThat(mail("x".repeat(1_000_000), Kind.CONVERSIONS_GONE, "1", null).getText())
                .hasSizeLessThan(1_000);
    }
}
