package io.penstock.worker.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.NewNotification;
import io.penstock.common.products.ProductNotifications;
import io.penstock.common.products.SendNotification;
import io.penstock.common.products.WriteDigests;
import io.penstock.common.webhook.Signature;
import io.penstock.worker.products.SendNotificationHandler.Report;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How users are told: once each way, whatever mail servers and receivers do. */
@Tag("quarkus")
@QuarkusTest
class NotificationsTest extends ProductsTest {

    private static final String SECRET = "0123456789abcdef";

    private record Received(Map<String, String> headers, String body) {}

    GreenMail mail;

    @Inject
    SendNotificationHandler sender;

    @Inject
    WriteDigestsHandler digests;

    @Inject
    ProductNotifications notifications;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer receiver;

    @BeforeEach
    void listen() throws Exception {
        mail.purgeEmailFromAllMailboxes();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        Map<String, String> headers = exchange.getRequestHeaders().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toLowerCase(Locale.ROOT), entry -> entry.getValue()
                        .get(0)));
        received.add(
                new Received(headers, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        exchange.getResponseHeaders()
                .set("Location", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/again");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private String hook() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }

    private long withHook(String email, String url) {
        long user = user(email);
        sql("UPDATE product_user SET webhook_url = $2, webhook_secret = $3 WHERE id = $1", user, url, SECRET);
        return user;
    }

    /** Written as it is stored, without the job that sends it. */
    private long written(long user, String about) {
        return number(
                "INSERT INTO product_notification (user_id, about, kind, subject, body)"
                        + " VALUES ($1, $2, 'system', 'Hello' || chr(10) || 'Bcc: x@example.org', 'Well')"
                        + " RETURNING id",
                user,
                about);
    }

    private Outcome send(long id) {
        return get(sender.handle(new SendNotification(id), new Context("send-" + id)));
    }

    private static Report report(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return (Report) ((Outcome.Completed) outcome).result();
    }

    /** Others may come as well: an earlier test may have left some that are being sent. */
    private List<MimeMessage> mailsOf(long id) {
        return Arrays.stream(mail.getReceivedMessages())
                .filter(message -> header(message, "Message-ID").equals("<product-notification-" + id + "@penstock>"))
                .toList();
    }

    private static String header(MimeMessage message, String name) {
        try {
            String[] values = message.getHeader(name);
            return values == null ? "" : values[0];
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private String state(long id) {
        return texts(
                        "SELECT state || ' mail ' || mail_state || ' webhook ' || webhook_state FROM product_notification WHERE id = $1",
                        id)
                .get(0);
    }

    /** The claim of the last try lapses, and its pause passes. */
    private void pass(long id) {
        sql("UPDATE product_notification SET claimed_until = NULL WHERE id = $1", id);
    }

    @Test
    void isSentEachWayOnceHoweverManyTry() throws Exception {
        long user = withHook("ada@example.org", hook());
        long id = written(user, "a");

        List<Outcome> outcomes = get(Uni.join()
                .all(LongStream.range(0, 6)
                        .mapToObj(n -> sender.handle(new SendNotification(id), new Context("job-" + n)))
                        .toList())
                .andFailFast());
        assertThat(send(id)).isEqualTo(Outcome.completed());

        assertThat(outcomes).filteredOn(Outcome.Completed.class::isInstance).isNotEmpty();
        assertThat(mailsOf(id)).hasSize(1);
        assertThat(received).hasSize(1);
        assertThat(state(id)).isEqualTo("sent mail sent webhook sent");

        Received post = received.get(0);
        assertThat(post.headers())
                .containsEntry("x-penstock-delivery", Long.toString(id))
                .containsEntry(
                        "x-penstock-signature",
                        Signature.of(SECRET, post.headers().get("x-penstock-timestamp") + "." + post.body()));
        assertThat(new JsonObject(post.body()).getLong("id")).isEqualTo(id);

        MimeMessage message = mailsOf(id).get(0);
        String token = texts("SELECT unsubscribe_token FROM product_user").get(0);
        String link = "https://penstock.example.org/api/products/unsubscribe/" + token;
        assertThat(message.getSubject()).isEqualTo("Hello Bcc: x@example.org");
        assertThat(header(message, "Bcc")).isEmpty();
        assertThat(header(message, "List-Unsubscribe")).isEqualTo("<" + link + ">");
        assertThat(header(message, "List-Unsubscribe-Post")).isEqualTo("List-Unsubscribe=One-Click");
        assertThat(message.getContent().toString()).contains("Well").contains(link);
    }

    @Test
    void anAnomalyIsToldWithWhatHasChanged() {
        long user = withHook("ada@example.org", hook());
        long item = item(asin(1));
        long tracked = track(user, item, "daily");
        long anomaly = number(
                "INSERT INTO product_anomaly (tracked_id, user_id, item_id, kind, before_value, after_value, change_percent, seen_at)"
                        + " VALUES ($1, $2, $3, 'price', '100', '120', 20, now()) RETURNING id",
                tracked,
                user,
                item);
        long id = written(user, "a");
        sql("UPDATE product_notification SET kind = 'anomaly', anomaly_id = $2 WHERE id = $1", id, anomaly);

        send(id);

        JsonObject change = new JsonObject(received.get(0).body()).getJsonObject("change");
        assertThat(change.getString("asin")).isEqualTo(asin(1));
        assertThat(change.getString("kind")).isEqualTo("price");
        assertThat(change.getDouble("changePercent")).isEqualTo(20);
        assertThat(change.getLong("productId")).isEqualTo(tracked);
    }

    @Test
    void aReceiverThatIsAwayCostsNoSecondMailAndNoAttempt() {
        long id = written(withHook("ada@example.org", hook()), "a");
        status = 503;
        assertThat(send(id)).isInstanceOfSatisfying(Outcome.Snooze.class, snooze -> {
            assertThat(snooze.delay()).isEqualTo(Duration.ofSeconds(10));
            assertThat(snooze.why())
                    .contains("mail sent")
                    .contains("answered 503")
                    .doesNotContain("/hook");
        });
        assertThat(send(id)).isInstanceOfSatisfying(Outcome.Snooze.class, snooze -> assertThat(snooze.delay())
                .isEqualTo(Duration.ofSeconds(40)));
        assertThat(state(id)).isEqualTo("pending mail sent webhook pending");

        status = 200;
        assertThat(report(send(id))).isEqualTo(new Report("sent", "sent"));
        assertThat(mailsOf(id)).hasSize(1);
        assertThat(received).hasSize(3);
        assertThat(number("SELECT webhook_tries::bigint FROM product_notification"))
                .isEqualTo(3);
    }

    @Test
    void isGivenUpAfterADay() {
        long id = written(withHook("ada@example.org", hook()), "a");
        sql("UPDATE product_notification SET created_at = now() - interval '25 hours'");
        status = 500;
        assertThat(report(send(id))).isEqualTo(new Report("sent", "refused"));
        assertThat(texts("SELECT webhook_failure FROM product_notification"))
                .containsExactly("given up after 24 h: the webhook at 127.0.0.1 answered 500");
        assertThat(send(id)).isEqualTo(Outcome.completed());
        assertThat(received).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307, 400, 404, 410})
    void aRefusalIsNotedAndNotTriedAgain(int answer) {
        long user = withHook("ada@example.org", hook());
        sql("UPDATE product_user SET email_on = false");
        long id = written(user, "a");
        status = answer;
        assertThat(report(send(id))).isEqualTo(new Report("off", "refused"));
        assertThat(send(id)).isEqualTo(Outcome.completed());
        assertThat(received).hasSize(1);
        assertThat(state(id)).isEqualTo("refused mail off webhook refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://[::1]:6379/",
                "http://[fd00:ec2::254]/",
                "not an address"
            })
    void anAddressInsideIsRefused(String url) {
        long id = written(withHook("ada@example.org", url), "a");
        assertThat(report(send(id))).isEqualTo(new Report("sent", "refused"));
        assertThat(send(id)).isEqualTo(Outcome.completed());
    }

    @Test
    void nothingUnsignedIsPosted() {
        long user = withHook("ada@example.org", hook());
        sql("UPDATE product_user SET webhook_secret = NULL");
        long id = written(user, "a");
        assertThat(report(send(id))).isEqualTo(new Report("sent", "refused"));
        assertThat(received).isEmpty();
    }

    @Test
    void waitsForTheClaimOfASenderThatDied() {
        long id = written(user("ada@example.org"), "a");
        sql("UPDATE product_notification SET claimed_until = now() + interval '60 seconds'");
        assertThat(send(id)).isInstanceOfSatisfying(Outcome.Snooze.class, snooze -> assertThat(snooze.delay())
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(61)));
        assertThat(mailsOf(id)).isEmpty();
        pass(id);
        assertThat(report(send(id))).isEqualTo(new Report("sent", "off"));
        assertThat(mailsOf(id)).hasSize(1);
    }

    @Test
    void aMailServerThatIsAwayCostsNoAttempt() {
        long id = written(user("ada@example.org"), "a");
        mail.stop();
        try {
            assertThat(send(id)).isInstanceOf(Outcome.Snooze.class);
            assertThat(state(id)).startsWith("pending mail pending");
        } finally {
            mail.start();
        }
        assertThat(report(send(id))).isEqualTo(new Report("sent", "off"));
        assertThat(mailsOf(id)).hasSize(1);
    }

    @Test
    void whoHasUnsubscribedMeanwhileGetsNoMail() {
        long user = user("ada@example.org");
        long id = written(user, "a");
        sql("UPDATE product_user SET unsubscribed_at = now()");
        assertThat(report(send(id))).isEqualTo(new Report("off", "off"));
        assertThat(mailsOf(id)).isEmpty();
        assertThat(state(id)).startsWith("off");
    }

    @Test
    void oneThatIsGoneIsDone() {
        assertThat(send(999_999_999)).isEqualTo(Outcome.completed());
    }

    @Test
    void aDigestTellsOfEverythingSinceTheLast() throws Exception {
        long user = withHook("ada@example.org", hook());
        sql("UPDATE product_user SET digest = 'hourly'");
        add(user, "one");
        add(user, "two");
        assertThat(texts("SELECT state FROM product_notification")).containsOnly("digest");

        assertThat(write()).isEqualTo(new WriteDigestsHandler.Report(1, 2, 0, 0));
        long digest = number("SELECT id FROM product_notification WHERE kind = 'digest'");
        add(user, "three");
        // The hour is not over; neither for a job that runs again.
        assertThat(write()).isEqualTo(new WriteDigestsHandler.Report(0, 0, 0, 0));

        // The worker of the test sends it, too; only one of the two does.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            send(digest);
            assertThat(state(digest)).startsWith("sent");
        });
        assertThat(mailsOf(digest)).hasSize(1);
        assertThat(mailsOf(digest).get(0).getSubject()).isEqualTo("2 changes of your products");
        assertThat(mailsOf(digest).get(0).getContent().toString())
                .contains("about one")
                .contains("about two");
        JsonObject posted = new JsonObject(received.get(0).body());
        assertThat(posted.getJsonArray("notifications")).hasSize(2);
        assertThat(texts("SELECT about || ' ' || state FROM product_notification WHERE digest_id = $1", digest))
                .containsExactlyInAnyOrder("one sent", "two sent");

        sql("UPDATE product_user SET last_digest_at = now() - interval '55 minutes'");
        assertThat(write()).isEqualTo(new WriteDigestsHandler.Report(1, 1, 0, 0));
    }

    @Test
    void whoWantsNoDigestsAnyMoreIsToldWhatHasGathered() {
        long user = user("ada@example.org");
        sql("UPDATE product_user SET digest = 'weekly', last_digest_at = now()");
        add(user, "one");
        assertThat(write().digests()).isZero();
        sql("UPDATE product_user SET digest = 'immediate'");
        assertThat(write()).isEqualTo(new WriteDigestsHandler.Report(1, 1, 0, 0));
    }

    @Test
    void whoWantsNothingAnyMoreIsToldNothing() {
        long user = user("ada@example.org");
        sql("UPDATE product_user SET digest = 'daily'");
        add(user, "one");
        sql("UPDATE product_user SET unsubscribed_at = now()");
        write();
        assertThat(texts("SELECT state FROM product_notification")).containsExactly("off", "off");
    }

    @Test
    void writesTheDigestsOfManyUsers() {
        sql(
                "INSERT INTO product_user (email, digest) SELECT 'u' || n || '@example.org', 'daily' FROM generate_series(1, 205) AS n");
        sql("INSERT INTO product_notification (user_id, about, kind, subject, body, state, mail_state, webhook_state)"
                + " SELECT id, 'x' || id, 'system', 's', 'b', 'digest', 'off', 'off' FROM product_user");
        assertThat(write()).isEqualTo(new WriteDigestsHandler.Report(205, 205, 0, 0));
        assertThat(number("SELECT count(*) FROM product_notification WHERE kind = 'digest'"))
                .isEqualTo(205);
    }

    @Test
    void enqueuesThoseAnewWhoseJobsWereLost() {
        long user = user("ada@example.org");
        long lost = written(user, "lost");
        long fresh = written(user, "fresh");
        long waiting = written(user, "waiting");
        sql("UPDATE product_notification SET created_at = now() - interval '3 hours' WHERE id <> $1", fresh);
        sql("UPDATE product_notification SET next_try_at = now() + interval '10 minutes' WHERE id = $1", waiting);

        assertThat(write().strays()).isEqualTo(1);
        assertThat(write().strays()).isZero();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(state(lost)).startsWith("sent"));
        assertThat(mailsOf(lost)).hasSize(1);
    }

    private void add(long user, String about) {
        get(pool.withTransaction(transaction -> notifications.add(
                transaction, new NewNotification(user, about, "system", null, null, "about " + about, "Well"))));
    }

    private WriteDigestsHandler.Report write() {
        return (WriteDigestsHandler.Report)
                ((Outcome.Completed) get(digests.handle(new WriteDigests(), new Context("digests")))).result();
    }
}
