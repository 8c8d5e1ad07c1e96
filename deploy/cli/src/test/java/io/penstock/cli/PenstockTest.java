package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Whole runs of the command line against an API that says what the test wants. */
class PenstockTest {

    private static final String QUEUES =
            """
            {"queues":[{"queue":"orders","waiting":12,"active":1,"scheduled":0,"dead":3,"completed":7,"oldestWaitMs":61000,"paused":true},
                       {"queue":"evil\\u001b[2J\\u202e","waiting":0,"active":0,"scheduled":0,"dead":0,"completed":0,"oldestWaitMs":0,"paused":false}]}""";

    private record Reply(int status, String body) {}

    private record Run(int exit, String out, String err) {}

    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Reply> replies = new HashMap<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(request + (body.isEmpty() ? "" : " " + body) + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            Reply reply = replies.getOrDefault(
                    request, new Reply(404, "{\"code\":\"not-found\",\"detail\":\"There is nothing here.\"}"));
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void queuesAreATable() {
        replies.put("GET /api/queues", new Reply(200, QUEUES));

        Run run = run("queues", "list");

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines().toList().get(0))
                .isEqualTo("QUEUE      WAITING  ACTIVE  SCHEDULED  DEAD  COMPLETED  OLDEST WAIT  STATE");
        assertThat(run.out().lines().toList().get(1))
                .isEqualTo("orders     12       1       0          3     7          1 min        paused");
        assertThat(asked).containsExactly("GET /api/queues Bearer the-key");
    }

    @Test
    void whatTheApiTellsCannotSteerTheTerminal() {
        replies.put("GET /api/queues", new Reply(200, QUEUES));

        assertThat(run("queues", "list").out())
                .doesNotContain("\u001b", "\u202e")
                .contains("evil");
        replies.put("POST /api/queues/x/pause", new Reply(409, "{\"detail\":\"no \\u001b[31m\",\"code\":\"c\"}"));
        assertThat(run("queues", "pause", "x").err()).doesNotContain("\u001b").contains("no  [31m (c)");
    }

    @Test
    void coloursAreThereWhenAskedFor() {
        replies.put("GET /api/queues", new Reply(200, QUEUES));

        assertThat(run("queues", "list", "--color=always").out()).contains("\u001b[33mpaused\u001b[0m");
        assertThat(run("queues", "list", "--color=never").out()).doesNotContain("\u001b");
    }

    @Test
    void jsonIsTheAnswerItself() {
        replies.put("GET /api/queues", new Reply(200, QUEUES));

        assertThat(run("queues", "list", "--json").out()).contains("\"oldestWaitMs\" : 61000");
        assertThat(run("--json", "queues", "list").out()).contains("\"oldestWaitMs\" : 61000");
    }

    @ParameterizedTest
    @CsvSource({"400,1", "401,3", "403,3", "404,4", "409,1", "410,4", "422,1", "429,5", "500,5", "503,5"})
    void theExitCodeTellsWhatKindOfTrouble(int status, int exit) {
        replies.put("POST /api/queues/orders/pause", new Reply(status, "{\"detail\":\"So it is.\",\"code\":\"x\"}"));

        Run run = run("queues", "pause", "orders");

        assertThat(run.exit()).isEqualTo(exit);
        assertThat(run.err()).isEqualTo("So it is. (x)\n");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "queues",
                "queues pause",
                "queues drain orders",
                "keys create x",
                "--url=ftp://x queues list",
                "--url=nonsense queues list",
                "queues list --color=sometimes",
                "call GET //elsewhere/x",
                "queues list --watch=0",
            })
    void whatMakesNoSenseIsTwo(String line) {
        replies.put("GET /api/queues", new Reply(200, QUEUES));

        assertThat(run(line.split(" ")).exit()).isEqualTo(2);
    }

    @Test
    void withoutAKeyNothingIsAsked() {
        Run run = run(Map.of("PENSTOCK_URL", url()), "", "queues", "list");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("PENSTOCK_KEY");
        assertThat(asked).isEmpty();
    }

    @Test
    void theKeyMayBeInAFile() throws IOException {
        replies.put("GET /api/queues", new Reply(200, QUEUES));
        Path file = Files.writeString(directory.resolve("key"), "file-key\nrest\n");

        assertThat(run(Map.of(), "", "--url", url(), "--key-file", file.toString(), "queues", "list")
                        .exit())
                .isZero();
        assertThat(asked).containsExactly("GET /api/queues Bearer file-key");
    }

    @Test
    void nobodyThereIsFive() {
        server.stop(0);

        assertThat(run("queues", "list").exit()).isEqualTo(5);
    }

    @Test
    void whatIsNoPenstockIsFive() {
        replies.put("GET /api/queues", new Reply(200, "<html>"));

        assertThat(run("queues", "list").exit()).isEqualTo(5);
    }

    @Test
    void namesCannotLeaveTheirPlace() {
        run("queues", "pause", "../keys?x=1#y");

        assertThat(asked).containsExactly("POST /api/queues/..%2Fkeys%3Fx%3D1%23y/pause Bearer the-key");
        assertThat(run("queues", "pause", "..").exit()).isEqualTo(4);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aJobIsEnqueuedFromAnywhere() throws IOException {
        replies.put("POST /api/jobs/mail.send", new Reply(202, "{\"jobId\":\"j-1\"}"));
        Path file = Files.writeString(directory.resolve("p.json"), "{\"a\":2}");

        assertThat(run("jobs", "enqueue", "mail.send", "{\"a\":1}", "--options={\"delayMs\":5}")
                        .out())
                .isEqualTo("j-1\n");
        assertThat(run("jobs", "enqueue", "mail.send", "@" + file).exit()).isZero();
        assertThat(run(environment(), "{\"a\":3}", "jobs", "enqueue", "mail.send", "-")
                        .exit())
                .isZero();
        assertThat(asked)
                .containsExactly(
                        "POST /api/jobs/mail.send {\"payload\":{\"a\":1},\"options\":{\"delayMs\":5}} Bearer the-key",
                        "POST /api/jobs/mail.send {\"payload\":{\"a\":2}} Bearer the-key",
                        "POST /api/jobs/mail.send {\"payload\":{\"a\":3}} Bearer the-key");
    }

    @Test
    void aKeyIsPrintedOnceAndAlone() {
        replies.put("POST /api/keys", new Reply(201, "{\"id\":\"1\",\"key\":\"psk_x\"}"));

        Run run = run("keys", "create", "ci", "--role=viewer", "--queue=orders", "--queue=mail-*", "--tenant=acme");

        assertThat(run.out()).isEqualTo("psk_x\n");
        assertThat(asked.get(0)).contains("\"queues\":[\"orders\",\"mail-*\"]", "\"tenant\":\"acme\"");
    }

    @Test
    void tasksAreSwitched() {
        replies.put("PUT /api/tasks/nightly/toggle", new Reply(200, "{\"status\":\"success\"}"));

        assertThat(run("tasks", "off", "nightly").out()).isEqualTo("nightly is off\n");
        assertThat(asked.get(0)).contains("{\"isActive\":false}");
    }

    @Test
    void anyCallCanBeMade() {
        replies.put("GET /api/alerts?state=all", new Reply(200, "{\"alerts\":[]}"));
        replies.put("DELETE /api/jobs/1", new Reply(204, ""));

        assertThat(run("call", "get", "/api/alerts?state=all").out()).contains("\"alerts\" : [ ]");
        assertThat(run("call", "delete", "/api/jobs/1").exit()).isZero();
    }

    @Test
    void watchingLooksAgain() throws InterruptedException {
        replies.put("GET /api/queues", new Reply(200, QUEUES));
        Thread watching = new Thread(() -> run("queues", "list", "--watch=1"));
        watching.start();
        Awaitility.await().until(() -> asked.size() >= 2);
        watching.interrupt();
        watching.join(10_000);

        assertThat(watching.isAlive()).isFalse();
    }

    @Test
    void aShellCanCompleteIt() {
        Run run = run("generate-completion");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("complete -F", "queues", "--key-file");
    }

    private Map<String, String> environment() {
        return Map.of("PENSTOCK_URL", url(), "PENSTOCK_KEY", "the-key");
    }

    private String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private Run run(String... arguments) {
        return run(environment(), "", arguments);
    }

    private static Run run(Map<String, String> environment, String in, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Penstock.commandLine(environment, new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Run(line.execute(arguments), out.toString(), err.toString());
    }
}
