package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.local.feed.Mischief;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
@Timeout(120)
class RunServicesTest {

    private static final Teardown TEARDOWN = new Teardown();
    private static RunServices services;

    @BeforeAll
    static void lay() {
        services = RunServices.lay(
                new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), TEARDOWN);
    }

    @AfterAll
    static void stop() {
        TEARDOWN.close();
    }

    @Test
    void redisIsSetAsPenstockWantsIt() throws Exception {
        assertThat(redis("CONFIG GET appendonly")).contains("yes");
        assertThat(redis("CONFIG GET appendfsync")).contains("everysec");
        assertThat(redis("CONFIG GET maxmemory-policy")).contains("noeviction");
        assertThat(redis("CONFIG GET bind")).contains("127.0.0.1");
    }

    @Test
    void tellsHowToReachTheServersWithoutTellingThePassword() throws Exception {
        Map<String, String> environment = services.servers().environment();
        String password = environment.get("DATABASE_PASSWORD");
        String guide = Guide.to(
                URI.create("http://127.0.0.1:8080"),
                services,
                URI.create("http://127.0.0.1:8080/console/login#token=psl_x"));
        String redisPort = environment.get("REDIS_URL").replaceAll(".*:", "");
        String postgresPort = environment.get("DATABASE_URL").replaceAll(".*:(\\d+)/.*", "$1");

        assertThat(guide)
                .contains("redis-cli -p " + redisPort)
                .contains("psql -h 127.0.0.1 -p " + postgresPort + " -U penstock penstock")
                .contains("examples.greet")
                .doesNotContain(password);
        Path passwords = Path.of(guide.replaceAll("(?s).*PGPASSFILE='([^']+)'.*", "$1"));
        assertThat(passwords).hasContent("*:*:*:*:" + password);
        assertThat(Files.getPosixFilePermissions(passwords)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void postgresTakesTheUserOfTheRun() throws Exception {
        Map<String, String> environment = services.servers().environment();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + environment.get("DATABASE_URL"),
                        environment.get("DATABASE_USER"),
                        environment.get("DATABASE_PASSWORD"));
                ResultSet database = connection.createStatement().executeQuery("SELECT current_database()")) {
            assertThat(database.next()).isTrue();
            assertThat(database.getString(1)).isEqualTo("penstock");
        }
    }

    @Test
    void feedTellsHowManyPagesItHas() {
        assertThat(new FeedPages(HttpClient.newHttpClient()).count(services.feed()))
                .isEqualTo(24);
    }

    @Test
    void mailsAreCountedAndKeptAsFiles() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), services.mails().port())) {
            PrintStream out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
            out.print("HELO test\r\nMAIL FROM:<a@localhost>\r\nRCPT TO:<b@localhost>\r\nDATA\r\n"
                    + "Subject: Offer 7 stopped converting\r\n\r\nSee for yourself.\r\n.\r\nQUIT\r\n");
            await().until(() -> services.mails().caught() == 1);
        }
        assertThat(Files.readString(services.files().mails().resolve("0001.eml")))
                .contains("Offer 7 stopped converting");
    }

    @Test
    void leavesNeitherProcessNorDataBehind() throws Exception {
        Teardown teardown = new Teardown();
        RunServices another = RunServices.lay(
                new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
        List<Long> processes =
                another.servers().processes().stream().map(ChildProcess::pid).toList();
        Path data = another.files().data("redis").getParent();
        assertThat(processes).hasSize(2).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        teardown.close();
        assertThat(processes).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
        assertThat(data).doesNotExist();
        try (Stream<Path> files = Files.list(another.files().logs())) {
            assertThat(files).isNotEmpty();
        }
    }

    private static String redis(String command) throws Exception {
        URI url = URI.create(services.servers().environment().get("REDIS_URL"));
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
