package io.penstock.api.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ObjectStoreServer;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures of users and concerts, on a real object store. */
@Tag("quarkus")
@Tag("slow")
@QuarkusTest
@WithTestResource(ServersResource.class)
class FilesTest {

    private static final String BUCKET = "shop";
    private static final byte[] PNG = picture(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}, 900);
    private static final byte[] JPEG = picture(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}, 900);
    private static final byte[] WEBP = picture("RIFFxxxxWEBP".getBytes(StandardCharsets.US_ASCII), 900);

    private static ObjectStoreServer server;

    @Inject
    Pool pool;

    @BeforeAll
    static void start() {
        server = new ObjectStoreServer(ObjectStorePlace.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        server.makeBucket(BUCKET);
    }

    @AfterEach
    void empty() {
        sql("UPDATE shop_user SET avatar_id = NULL");
        sql("UPDATE shop_concert SET poster_id = NULL");
        sql("DELETE FROM shop_file");
    }

    /** Bytes that are no text, behind what pictures of a format begin with. */
    private static byte[] picture(byte[] beginning, int size) {
        byte[] picture = Arrays.copyOf(beginning, size);
        for (int i = beginning.length; i < size; i++) {
            picture[i] = (byte) (i * 7 + 200);
        }
        return picture;
    }

    private List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        pool.preparedQuery(statement)
                .execute(Tuple.from(List.of(parameters)))
                .await()
                .atMost(Duration.ofSeconds(30))
                .forEach(rows::add);
        return rows;
    }

    private static ValidatableResponse upload(String kind, String type, byte[] picture) {
        return TestKeys.operator()
                .header("Content-Type", type)
                .body(picture)
                .post("/api/files?kind=" + kind)
                .then();
    }

    private static long kept(String kind) {
        return upload(kind, "image/png", PNG)
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
    }

    private static ValidatableResponse use(long id, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .put("/api/files/" + id + "/use")
                .then();
    }

    @Test
    void aPictureIsKeptAndShownAsItCame() {
        long id = upload("poster", "image/png", PNG)
                .statusCode(201)
                .header("Location", matchesPattern(".*/api/files/[0-9]+"))
                .body("kind", equalTo("poster"))
                .body("key", matchesPattern("posters/[-0-9a-f]{36}\\.png"))
                .body("contentType", equalTo("image/png"))
                .body("size", equalTo(PNG.length))
                .body("stored", is(true))
                .body("used", is(false))
                .body("markedAt", nullValue())
                .extract()
                .jsonPath()
                .getLong("id");

        assertThat(server.keys(BUCKET))
                .contains(TestKeys.viewer()
                        .get("/api/files/" + id)
                        .then()
                        .statusCode(200)
                        .extract()
                        .<String>path("key"));
        byte[] shown = TestKeys.viewer()
                .get("/api/files/" + id + "/content")
                .then()
                .statusCode(200)
                .header("Content-Type", containsString("image/png"))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .extract()
                .asByteArray();
        assertThat(shown).isEqualTo(PNG);
    }

    @Test
    void everyFormatIsTaken() {
        upload("avatar", "image/jpeg", JPEG).statusCode(201).body("key", matchesPattern("avatars/.*\\.jpg"));
        upload("avatar", "image/webp", WEBP).statusCode(201).body("key", matchesPattern("avatars/.*\\.webp"));
    }

    @ParameterizedTest
    @CsvSource({
        "avatar, image/png,       400, body",
        "other,  image/jpeg,      400, kind",
        "'',     image/jpeg,      400, kind",
        "avatar, image/svg+xml,   415,",
        "avatar, application/json, 400,",
    })
    void whatIsNoSuchPictureIsRefused(String kind, String type, int status, String field) {
        upload(kind, type, JPEG).statusCode(status).body("field", equalTo(field));

        assertThat(sql("SELECT 1 FROM shop_file")).isEmpty();
    }

    @Test
    void aPictureMayHaveSomeSizeAndNoMore() {
        byte[] beginning = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
        upload("avatar", "image/jpeg", picture(beginning, 102_400)).statusCode(201);
        upload("avatar", "image/jpeg", picture(beginning, 102_401))
                .statusCode(413)
                .body("code", equalTo("payload-too-large"));
        upload("avatar", "image/jpeg", new byte[0]).statusCode(400).body("field", equalTo("body"));
    }

    @Test
    void aPosterBelongsToAConcertAndAnAvatarToAUser() {
        long concert = sql("INSERT INTO shop_concert (name, venue) VALUES ('Organs', 'St John') RETURNING id")
                .get(0)
                .getLong(0);
        long poster = kept("poster");
        long avatar = kept("avatar");

        use(poster, "{\"concertId\":" + concert + "}").statusCode(200).body("used", is(true));
        use(avatar, "{\"email\":\"files@example.org\"}").statusCode(200).body("used", is(true));
        use(avatar, "{\"concertId\":" + concert + "}").statusCode(409).body("code", equalTo("file-state"));
        use(poster, "{\"email\":\"files@example.org\"}").statusCode(409).body("code", equalTo("file-state"));
        use(poster, "{\"concertId\":0}").statusCode(404).body("code", equalTo("not-found"));
        use(0, "{\"concertId\":" + concert + "}").statusCode(404);
        use(poster, "{}").statusCode(400).body("field", equalTo("email"));
        use(poster, "{\"email\":\"x\"}").statusCode(400).body("field", equalTo("email"));
        use(poster, "{\"email\":\"a@b.c\",\"concertId\":1}").statusCode(400).body("field", equalTo("concertId"));

        long other = kept("poster");
        use(other, "{\"concertId\":" + concert + "}").statusCode(200);
        TestKeys.viewer().get("/api/files/" + poster).then().body("used", is(false));
        assertThat(sql("SELECT poster_id FROM shop_concert WHERE id = $1", concert)
                        .get(0)
                        .getLong(0))
                .isEqualTo(other);
    }

    @Test
    void anUploadThatBreaksOffLeavesARowThatTheCleanupFindsAndNothingRefersTo() {
        server.dropBucket(BUCKET);

        upload("avatar", "image/png", PNG).statusCode(503).body("code", equalTo("files-unavailable"));

        Row row = sql("SELECT id, object_key, stored_at, marked_at FROM shop_file")
                .get(0);
        assertThat(row.getString("object_key")).startsWith("avatars/");
        assertThat(row.getOffsetDateTime("stored_at")).isNull();
        use(row.getLong("id"), "{\"email\":\"files@example.org\"}")
                .statusCode(409)
                .body("code", equalTo("file-state"));
    }

    @Test
    void aFileWhoseObjectIsGoneIsNotThere() {
        long id = kept("avatar");
        server.dropBucket(BUCKET);
        server.makeBucket(BUCKET);

        TestKeys.viewer().get("/api/files/" + id + "/content").then().statusCode(404);
        TestKeys.viewer().get("/api/files/0/content").then().statusCode(404);
        TestKeys.viewer().get("/api/files/x").then().statusCode(404).body("code", equalTo("not-found"));
    }
}
