package io.penstock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.redis.RedisKeys;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against a real Redis, with few jobs: what it prints, what it refuses, what it leaves behind. */
@Tag("slow")
class BenchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static EmbeddedRedis server;
    private static BenchRedis redis;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() {
        StartUp.once();
        server = new EmbeddedRedis();
        redis = new BenchRedis(server.url());
    }

    @AfterAll
    static void stop() {
        redis.close();
        server.close();
    }

    @AfterEach
    void empty() {
        redis.flush();
    }

    private int run(String... args) {
        return new Terminal(out, err).run(new Bench(), args);
    }

    private int measure(String scenario, String... more) {
        return measure(120, scenario, more);
    }

    private int measure(int jobs, String scenario, String... more) {
        List<String> args = new ArrayList<>(
                List.of("--redis", server.url(), "--scenario", scenario, "--jobs", "" + jobs, "--warm-up", "60"));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    private static void put(String key) {
        Vertx vertx = Vertx.vertx();
        Redis.createClient(vertx, server.url())
                .send(Request.cmd(Command.SET).arg(key).arg("something of somebody else"))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        vertx.close();
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out.toString().lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @ParameterizedTest
    @CsvSource({
        "queue-add,         jobsPerSecond redisMicrosPerJob clientMicrosPerJob p50Ms p99Ms",
        "queue-add-bulk,    jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "worker-1,          jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "worker-concurrent, jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "worker-upsert,     jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "batch,             jobsPerSecond barePerSecond ratio clientMicrosPerJob postgresMicrosPerJob "
                + "barePostgresMicrosPerRow bareClientMicrosPerRow cpuRatio heapFirstMb heapLastMb",
        "bare-upsert,       jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "e2e,               jobsPerSecond redisMicrosPerJob clientMicrosPerJob",
        "pickup,            redisMicrosPerJob clientMicrosPerJob p50Ms p99Ms",
        "memory,            bytesPerQueuedJob",
        "put-off,           jobsPerSecond aloneJobsPerSecond besideToAlone putOff",
        "at-depth,          backlog jobsPerSecond redisMicrosPerJob clientMicrosPerJob enqueuedPerSecond "
                + "enqueueRedisMicrosPerJob enqueueClientMicrosPerJob",
    })
    void printsTheFieldsOfItsScenarioAndLeavesRedisEmpty(String scenario, String fields) throws IOException {
        int code = measure(scenario, "--json");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(lines()).hasSize(1);
        JsonNode line = lines().get(0);
        List<String> names = new ArrayList<>(List.of("scenario", "jobs"));
        names.addAll(List.of(fields.split(" ")));
        assertThat(line.fieldNames()).toIterable().containsExactlyElementsOf(names);
        assertThat(line.path("scenario").asText()).isEqualTo(scenario);
        assertThat(line.path("jobs").asLong()).isEqualTo(120);
        for (String field : fields.split(" ")) {
            // CPU time is told in steps that so few jobs may stay below, and they are done before any other is due
            // again.
            double least =
                    field.contains("MicrosPer") || field.equals("cpuRatio") || field.equals("putOff") ? 0 : 0.001;
            assertThat(line.path(field).asDouble()).as(field).isBetween(least, 1e6);
        }
        if (line.has("p50Ms")) {
            assertThat(line.path("p99Ms").asDouble())
                    .isGreaterThanOrEqualTo(line.path("p50Ms").asDouble());
        }
        assertThat(redis.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue-add", "queue-add-bulk", "worker-concurrent", "e2e", "pickup", "at-depth"})
    void spreadsTheQueueOverPartitionsAndLeavesNoneBehind(String scenario) throws IOException {
        assertThat(measure(scenario, "--json", "--partitions", "3")).isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(lines().get(0).path("partitions").asInt()).isEqualTo(3);
        assertThat(redis.size()).isZero();
    }

    @Test
    void measuresJobsThatCarryMore() throws IOException {
        assertThat(measure("memory", "--json", "--payload", "4000")).isZero();

        assertThat(lines().get(0).path("bytesPerQueuedJob").asDouble()).isGreaterThan(4_000);
    }

    @Test
    void measuresAtTheGivenDepth() throws IOException {
        assertThat(measure("at-depth", "--json", "--backlog", "777")).isZero();

        assertThat(lines().get(0).path("backlog").asInt()).isEqualTo(777);
    }

    @Test
    void holdsTheGivenRate() throws IOException {
        assertThat(steady("--rate", "100", "--minutes", "0.05")).isZero();

        assertThat(err.toString()).isEmpty();
        JsonNode line = lines().get(0);
        assertThat(line.path("jobs").asLong()).isEqualTo(300);
        assertThat(line.path("ratePerSecond").asDouble()).isEqualTo(100);
        assertThat(line.has("maximumPerSecond")).isFalse();
        assertThat(line.path("jobsPerSecond").asDouble()).isBetween(1.0, 110.0);
        double[] waits = Stream.of("p50Ms", "p99Ms", "p999Ms", "maxMs")
                .mapToDouble(field -> line.path(field).asDouble())
                .toArray();
        assertThat(waits).isSorted();
        assertThat(waits[0]).isPositive();
        assertThat(line.path("gcCount").isNumber()).isTrue();
        for (String field : List.of("rssFirstMb", "rssMostMb", "rssLastMb", "heapFirstMb", "redisMostMb")) {
            assertThat(line.path(field).asDouble()).as(field).isPositive();
        }
        assertThat(redis.size()).isZero();
    }

    @Test
    void holdsHalfOfTheMaximumWhenNoRateIsGiven() throws IOException {
        assertThat(steady("--minutes", "0.001")).isZero();

        JsonNode line = lines().get(0);
        assertThat(line.path("ratePerSecond").asDouble())
                .isCloseTo(line.path("maximumPerSecond").asDouble() / 2, within(1.0));
    }

    @Test
    void keepsAWorkerWithinItsMemory() throws IOException {
        Path home = Path.of("..", "..").toAbsolutePath().normalize();
        assumeThat(home.resolve("worker/target/quarkus-app/quarkus-run.jar"))
                .as("the packaged worker, which a build up to the tests alone does not make")
                .isRegularFile();
        System.setProperty("penstock.home", home.toString());

        assertThat(measure("worker-rss", "--json")).isZero();

        assertThat(err.toString()).isEmpty();
        JsonNode line = lines().get(0);
        assertThat(line.path("rssFirstMb").asDouble()).isPositive();
        assertThat(line.path("rssMostMb").asDouble())
                .isGreaterThanOrEqualTo(line.path("rssLastMb").asDouble())
                .isLessThan(256);
        assertThat(redis.size()).isZero();
    }

    private int steady(String... more) {
        List<String> args =
                new ArrayList<>(List.of("--redis", server.url(), "--scenario", "steady", "--warm-up", "60", "--json"));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void countsTheBytesOfAJobNearItsPayload() throws IOException {
        measure(5_000, "memory", "--json");

        assertThat(lines().get(0).path("bytesPerQueuedJob").asDouble()).isBetween(200.0, 300.0);
    }

    @Test
    void printsALineForEachRun() throws IOException {
        measure("queue-add-bulk", "--json", "--repeat", "3");

        assertThat(lines()).hasSize(3);
    }

    @Test
    void printsOneLineOfMedians() throws IOException {
        measure("queue-add-bulk", "--json", "--repeat", "3", "--median");

        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0).path("jobsPerSecond").asDouble()).isPositive();
    }

    @Test
    void printsATableForPeople() {
        measure("memory");

        assertThat(out.toString().lines()).hasSize(2);
        assertThat(out.toString()).startsWith("scenario ").contains("\nmemory ");
    }

    @Test
    void refusesADatabaseThatIsNotEmptyAndTouchesNothing() {
        put("orders");

        assertThat(measure("memory")).isEqualTo(1);
        assertThat(err.toString()).contains("holds 1 keys", "--flush");
        assertThat(out.toString()).isEmpty();
        assertThat(redis.size()).isEqualTo(1);
    }

    @Test
    void emptiesTheDatabaseWhenToldTo() {
        put("orders");

        assertThat(measure("memory", "--flush")).isZero();
        assertThat(redis.size()).isZero();
    }

    @Test
    void removesItsOwnQueueAlone() {
        put("orders");
        put(RedisKeys.dead(Engine.QUEUE, 0));

        redis.remove(Engine.QUEUE);

        assertThat(redis.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--scenario nothing",
                "--scenario memory --jobs 0",
                "--scenario memory --jobs -1",
                "--scenario memory --jobs abc",
                "--scenario memory --jobs 50000001",
                "--scenario memory --warm-up 0",
                "--scenario memory --repeat 0",
                "--scenario memory --redis localhost",
                "--scenario memory --payload 49",
                "--scenario memory --payload 65001",
                "--scenario e2e --payload 100",
                "--scenario memory --partitions 0",
                "--scenario bare-upsert --partitions 2",
                "--scenario memory --backlog 10",
                "--scenario at-depth --backlog -1",
                "--scenario memory --rate 10",
                "--scenario steady --jobs 10",
                "--scenario steady --rate 0",
                "--scenario steady --minutes 0",
                "--scenario memory --jvm -Xmx1g",
                "--scenario memory --fast",
            })
    void refusesWrongArguments(String args) {
        assertThat(run(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow()).isNotBlank();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhenNobodyAnswers() {
        assertThat(run("--redis", "redis://127.0.0.1:1", "--scenario", "memory"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("no Redis answers");
    }
}
