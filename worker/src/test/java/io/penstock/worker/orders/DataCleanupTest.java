package io.penstock.worker.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.Guards;
import io.penstock.common.job.Outcome;
import io.penstock.common.orders.DataCleanup;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.S3ObjectStore;
import io.penstock.common.orders.ShopCleanup;
import io.penstock.common.orders.ShopFiles;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.common.testing.ObjectStoreServer;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the weekly cleanup removes, on a real object store. */
@Tag("quarkus")
@Tag("slow")
@QuarkusTest
class DataCleanupTest extends ShopTest {

    private static final String BUCKET = "shop";

    private static ObjectStoreServer server;

    @Inject
    Vertx vertx;

    @Inject
    Guards guards;

    @Inject
    ShopCleanup cleanup;

    @Inject
    ShopFiles files;

    @Inject
    TaskExecutionStore executions;

    private S3ObjectStore objects;
    private DataCleanupHandler handler;

    @BeforeAll
    static void start() {
        server = new ObjectStoreServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        server.put(BUCKET, "avatars/first");
        server.dropBucket(BUCKET);
        sql("DELETE FROM task_execution_log WHERE task_id = 'cleanup-test'");
        use(Map.of());
    }

    @AfterEach
    void disconnect() {
        objects.close();
    }

    /** A cleanup with its own settings. */
    private void use(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "penstock.orders.files.endpoint", server.url(),
                "penstock.orders.files.access-key", ObjectStoreServer.ACCESS_KEY,
                "penstock.orders.files.secret-key", ObjectStoreServer.SECRET_KEY));
        all.putAll(settings);
        OrdersConfig config = new SmallRyeConfigBuilder()
                .withMapping(OrdersConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 1_000))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(OrdersConfig.class);
        if (objects != null) {
            objects.close();
        }
        objects = new S3ObjectStore(vertx, guards, config);
        handler = new DataCleanupHandler(cleanup, files, objects, executions, config);
    }

    private Outcome run() {
        return get(handler.handle(new DataCleanup(), Context.PLAIN));
    }

    private static Outcome removed(long sessions, long logs, long files) {
        return Outcome.completed(new DataCleanupHandler.Report(sessions, logs, files));
    }

    private long file(String key, int daysAgo) {
        server.put(BUCKET, key);
        return number(
                "INSERT INTO shop_file (object_key, uploaded_at) VALUES ($1, now() - $2 * interval '1 day') RETURNING id",
                key,
                (double) daysAgo);
    }

    private void age(int days) {
        sql("UPDATE shop_file SET marked_at = marked_at - $1 * interval '1 day'", (double) days);
    }

    @Test
    void removesOldRowsAndTellsHowMany() {
        server.put(BUCKET, "avatars/.keep");
        sql(
                "INSERT INTO shop_support_session (closed_at) SELECT now() - n * interval '1 day' FROM generate_series(1, 6) AS n");
        sql("INSERT INTO shop_support_session (opened_at) VALUES (now() - interval '1 year')");
        sql("INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at)"
                + " SELECT 'cleanup-test', now() - n * interval '10 days', 'cron', 'completed', 'ended', now()"
                + " FROM generate_series(1, 6) AS n");

        assertThat(run()).isEqualTo(removed(4, 4, 0));

        assertThat(number("SELECT count(*) FROM shop_support_session")).isEqualTo(3);
        assertThat(
                        number(
                                "SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'shop_support_session'"
                                        + " AND last_vacuum > now() - interval '1 minute' AND last_analyze > now() - interval '1 minute'"))
                .isEqualTo(1);
    }

    @Test
    void removesAFileInTwoPhases() {
        file("avatars/unused", 30);
        file("avatars/new", 0);
        long used = file("posters/used", 30);
        sql("INSERT INTO shop_concert (name, venue, poster_id) VALUES ('Organs', 'St John', $1)", used);
        server.put(BUCKET, "invoices/not-ours");

        assertThat(run()).as("marked, not removed").isEqualTo(removed(0, 0, 0));
        assertThat(run()).as("within the grace period").isEqualTo(removed(0, 0, 0));
        age(2);
        assertThat(run()).isEqualTo(removed(0, 0, 1));

        assertThat(server.keys(BUCKET)).containsExactly("avatars/new", "invoices/not-ours", "posters/used");
        assertThat(texts("SELECT object_key FROM shop_file ORDER BY 1")).containsExactly("avatars/new", "posters/used");
        assertThat(number("SELECT count(*) FROM shop_file_removal")).isZero();
    }

    @Test
    void removesWhatAnUploadThatBrokeOffHasLeft() {
        file("avatars/without-its-second-note", 30);
        sql("INSERT INTO shop_file (object_key, uploaded_at, kind, content_type, size)"
                + " VALUES ('avatars/without-object.png', now() - interval '30 days', 'avatar', 'image/png', 900)");

        assertThat(run()).isEqualTo(removed(0, 0, 0));
        age(2);
        assertThat(run()).isEqualTo(removed(0, 0, 2));

        assertThat(number("SELECT count(*) FROM shop_file")).isZero();
        assertThat(number("SELECT count(*) FROM shop_file_removal")).isZero();
    }

    @Test
    void sparesWhatIsReferredToAgain() {
        long id = file("avatars/back", 30);
        run();
        sql("INSERT INTO shop_user (email, avatar_id) VALUES ('ada@example.org', $1)", id);
        age(2);

        assertThat(run()).isEqualTo(removed(0, 0, 0));

        assertThat(server.keys(BUCKET)).containsExactly("avatars/back");
        assertThat(number("SELECT count(*) FROM shop_file WHERE marked_at IS NOT NULL"))
                .isZero();
    }

    @Test
    void findsObjectsThatTheShopDoesNotKnow() {
        IntStream.range(0, 1_200).forEach(n -> server.put(BUCKET, "avatars/stray ü+" + n));
        use(Map.of("penstock.orders.cleanup.file-grace", "0s"));

        assertThat(run()).isEqualTo(removed(0, 0, 1_200));

        assertThat(server.keys(BUCKET)).isEmpty();
    }

    @Test
    void makesUpForADeletionThatFailed() {
        server.put(BUCKET, "avatars/gone-row");
        sql("INSERT INTO shop_file_removal (object_key) VALUES ('avatars/gone-row'), ('avatars/gone-altogether')");

        assertThat(run()).isEqualTo(removed(0, 0, 2));

        assertThat(server.keys(BUCKET)).isEmpty();
        assertThat(number("SELECT count(*) FROM shop_file")).isZero();
    }

    @Test
    void aBucketThatIsGoneFailsTheJobAndNothingElse() {
        sql("INSERT INTO shop_support_session (closed_at) VALUES (now() - interval '4 days')");
        sql("INSERT INTO shop_file_removal (object_key) VALUES ('avatars/a')");

        assertThat(run())
                .isEqualTo(Outcome.fail("files were not cleaned up: the object store has no bucket 'shop'. Removed: 1"
                        + " support sessions, 0 execution logs, 0 files"));

        assertThat(number("SELECT count(*) FROM shop_file_removal")).isEqualTo(1);
        assertThatThrownBy(() -> get(objects.check())).hasMessageContaining("no bucket 'shop'");
    }

    @Test
    void aWrongKeyIsTold() {
        server.put(BUCKET, "avatars/a");
        use(Map.of("penstock.orders.files.secret-key", "wrong"));

        assertThatThrownBy(() -> get(objects.check())).hasMessageContaining("403");
    }

    @Test
    void withoutAStoreTheRestIsDone() {
        use(Map.of("penstock.orders.files.endpoint", ""));

        assertThat(objects.isPresent()).isFalse();
        assertThat(run()).isEqualTo(removed(0, 0, 0));
    }
}
