package io.penstock.common.outbox;

import static io.penstock.common.outbox.OutboxHarness.STEP;
import static io.penstock.common.outbox.OutboxHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.outbox.OutboxHarness.Step;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadTooLargeException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What producers may rely on: a commit enqueues once, a roll-back nothing, wrong jobs are refused before or set aside. */
@Tag("slow")
class OutboxTest {

    private final OutboxHarness it = new OutboxHarness();
    private final OutboxRelay relay = it.relay();

    @BeforeAll
    static void migrate() {
        OutboxHarness.migrate();
    }

    @AfterEach
    void close() {
        it.close();
    }

    private JobView find(String id) {
        return await(it.queue.find(id)).orElseThrow();
    }

    @Test
    void aCommitEnqueuesTheJobOnce() {
        String id = it.enqueue(new Step("a", 1));
        assertThat(it.ready()).isEmpty();

        it.relayAll(relay);
        it.relayAll(relay);

        assertThat(it.ready()).containsExactly(new Step("a", 1));
        assertThat(it.unsent()).isZero();
        assertThat(UUID.fromString(id)).isNotNull();
        JobView job = find(id);
        assertThat(job.state()).isEqualTo(JobState.WAITING);
        assertThat(job.type()).isEqualTo("test.step");
        assertThat(job.payload()).isEqualTo("{\"by\":\"a\",\"number\":1}");
    }

    @Test
    void aRollBackEnqueuesNothing() {
        Uni<Object> broken = it.pool.withTransaction(transaction -> it.outbox
                .enqueue(transaction, STEP, new Step("a", 1))
                .chain(() -> Uni.createFrom().failure(new IllegalStateException("the order is not accepted"))));
        assertThatThrownBy(() -> await(broken)).hasMessage("the order is not accepted");

        it.relayAll(relay);

        assertThat(it.ready()).isEmpty();
        assertThat(it.unsent()).isZero();
    }

    @Test
    void aTransactionThatIsStillOpenIsNotSeen() {
        var transaction = await(it.pool.getConnection());
        var open = await(transaction.begin());
        await(it.outbox.enqueue(transaction, STEP, new Step("a", 1)));
        it.relayAll(relay);
        assertThat(it.ready()).isEmpty();

        await(open.commit());
        await(transaction.close());
        it.relayAll(relay);

        assertThat(it.ready()).hasSize(1);
    }

    @Test
    void everyOptionArrives() {
        String id = it.enqueue(
                new Step("a", 1),
                JobOptions.DEFAULT
                        .withId("order-17")
                        .withPriority(7)
                        .withAttempts(9)
                        .withTimeout(Duration.ofSeconds(90))
                        .withRetry(new RetryPolicy(
                                RetryPolicy.Kind.LINEAR, Duration.ofMillis(20), Duration.ofSeconds(3), 0.5)));

        it.relayAll(relay);

        assertThat(id).isEqualTo("order-17");
        assertThat(find(id).priority()).isEqualTo(7);
        assertThat(find(id).maxAttempts()).isEqualTo(9);
        String entry = it.redis
                .run("XRANGE", "queue:{orders:0}:ready:7", "-", "+")
                .get(0)
                .get(1)
                .get(1)
                .toString();
        assertThat(entry).isEqualTo("1;test.step;i=order-17;m=9;t=90000;b=LINEAR,20,3000,0.5");
    }

    @Test
    void aDelayCountsFromTheInsert() {
        String id = it.enqueue(new Step("a", 1), JobOptions.DEFAULT.withDelay(Duration.ofMinutes(10)));
        it.sql("UPDATE job_outbox SET created_at = created_at - interval '4 minutes'");
        String due = it.enqueue(new Step("a", 2), JobOptions.DEFAULT.withDelay(Duration.ofMinutes(3)));
        it.sql("UPDATE job_outbox SET created_at = created_at - interval '4 minutes' WHERE job_id = $1", due);

        it.relayAll(relay);

        assertThat(find(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(Duration.between(Instant.now(), find(id).dueAt()))
                .isBetween(Duration.ofSeconds(330), Duration.ofSeconds(361));
        assertThat(find(due).state()).isEqualTo(JobState.WAITING);
    }

    @Test
    void anExpiryCountsFromTheInsertAndTimesStay() {
        Instant start = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
        String later = it.enqueue(new Step("a", 1), JobOptions.DEFAULT.startingAt(start));
        it.enqueue(new Step("a", 2), JobOptions.DEFAULT.expiringIn(Duration.ofSeconds(30)));
        it.sql("UPDATE job_outbox SET created_at = created_at - interval '10 seconds'");

        it.relayAll(relay);

        assertThat(find(later).dueAt()).isEqualTo(start);
        String header = it.redis
                .run("XRANGE", "queue:{orders:0}:ready:0", "-", "+")
                .get(0)
                .get(1)
                .get(1)
                .toString();
        assertThat(Integer.parseInt(header.replaceAll(".*;x=\\+?(\\d+).*", "$1")))
                .isBetween(15_000, 20_000);
    }

    @Test
    void groupsAndUniquenessKeysWorkAsEverywhere() {
        JobOptions unique =
                JobOptions.DEFAULT.withUnique(Uniqueness.of("stock-17")).withGroup("tenant-1");
        it.enqueue(new Step("a", 1), unique.withTags("x").withTenant("t"));
        it.relayAll(relay);
        it.enqueue(new Step("a", 2), unique);
        it.enqueue(new Step("b", 3));
        RelayRound round = await(relay.runOnce());

        assertThat(round.relayed()).isEqualTo(2);
        assertThat(round.failure()).isNull();
        assertThat(it.ready()).containsExactly(new Step("a", 1), new Step("b", 3));
    }

    @Test
    void whatAQueueWithPartitionsCannotPlaceIsRefusedAtOnce() {
        assertThatThrownBy(() -> it.inTransaction(transaction -> it.outbox.enqueue(
                        transaction, OutboxHarness.SPREAD, new Step("a", 1), JobOptions.DEFAULT.withGroup("g"))))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("group"));
    }

    @Test
    void manyJobsAreInsertedInTheOrderGiven() {
        List<Outbox.Item<Step>> items = IntStream.range(0, 1_500)
                .mapToObj(i -> Outbox.Item.of(new Step("bulk", i), JobOptions.DEFAULT))
                .toList();

        List<String> ids = it.inTransaction(transaction -> it.outbox.enqueueAll(transaction, STEP, items));
        it.relayAll(relay);

        assertThat(ids).hasSize(1_500).doesNotHaveDuplicates();
        assertThat(it.ready())
                .extracting(Step::number)
                .containsExactlyElementsOf(IntStream.range(0, 1_500).boxed().toList());
        assertThat(find(ids.get(77)).payload()).contains("\"number\":77");
    }

    @Test
    void nothingIsInsertedWhenOneOfManyIsWrong() {
        List<Outbox.Item<Step>> items = List.of(
                Outbox.Item.of(new Step("a", 1), JobOptions.DEFAULT),
                Outbox.Item.of(new Step("a", -1), JobOptions.DEFAULT));

        assertThatThrownBy(() -> it.inTransaction(transaction -> it.outbox.enqueueAll(transaction, STEP, items)))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("payload.number"));
        assertThat(it.unsent()).isZero();
    }

    @Test
    void theDoorIsThatOfTheEnqueuer() {
        assertThatThrownBy(() -> it.enqueue(new Step("x".repeat(1_000), 1)))
                .isInstanceOf(PayloadTooLargeException.class);
        assertThatThrownBy(() -> it.enqueueInOrder(STEP, "", 1, 1)).isInstanceOf(InvalidJobException.class);
        assertThatThrownBy(() -> it.enqueueInOrder(STEP, "k".repeat(201), 1, 1))
                .isInstanceOf(InvalidJobException.class);
        assertThatThrownBy(() -> it.enqueueInOrder(STEP, "a\0b", 1, 1)).isInstanceOf(InvalidJobException.class);
    }

    @Test
    void aLiveIdIsAddedOnceAndRunsAgainOnceItHasEnded() {
        JobOptions sameId = JobOptions.DEFAULT.withId("report-1");
        it.enqueue(new Step("a", 1), sameId);
        it.enqueue(new Step("a", 2), sameId);
        it.relayAll(relay);
        assertThat(it.ready()).containsExactly(new Step("a", 1));

        it.completeAll();
        it.enqueue(new Step("a", 3), sameId);
        it.relayAll(relay);

        assertThat(it.ready()).containsExactly(new Step("a", 3));
    }

    @Test
    void sqlEnqueuesAsWell() {
        String id = it.sql("SELECT penstock_enqueue('test.step', '{\"by\": \"sql\", \"number\": 5}',"
                        + " '{\"priority\": 0, \"attempts\": 4}', 'some key') AS id")
                .get(0)
                .getString("id");
        String named = it.sql("SELECT penstock_enqueue('test.step', '{\"number\": 6}', '{\"id\": \"six\"}') AS id")
                .get(0)
                .getString("id");
        it.sql("INSERT INTO job_outbox (type, payload) VALUES ('test.step', '{\"number\": 7}')");

        it.relayAll(relay);

        assertThat(find(id).maxAttempts()).isEqualTo(4);
        assertThat(find(id).payload()).isEqualTo("{\"by\":\"sql\",\"number\":5}");
        assertThat(named).isEqualTo("six");
        assertThat(find("six").payload()).isEqualTo("{\"by\":null,\"number\":6}");
        assertThat(it.ready()).extracting(Step::number).containsExactly(5, 6, 7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    nobody.knows      | {"number":1}             | {}                     | unknown job type 'nobody.knows'
                    test.step         | {"number":-1}            | {}                     | payload.number: must be greater than or equal to 0
                    test.step         | {"number":1,"colour":2}  | {}                     | payload.colour: is not a known field
                    test.step         | {"number":"1"}           | {}                     | payload.number: must be a whole number
                    test.step         | [1]                      | {}                     | payload: must be an object
                    test.step         | {"number":1}             | {"priority":11}        | options.priority: must be between 0 and 10
                    test.step         | {"number":1}             | {"delayMs":-1}         | options.delayMs: must be between 0 and 31622400000 ms
                    test.step         | {"number":1}             | {"urgent":true}        | options.urgent: is not a known field
                    test.step         | {"number":1}             | {"id":"a b"}           | options.id: must be 1 to 100 letters, digits, '.', '_' or '-', and not '.' or '..'
                    test.step         | {"number":1}             | [1]                    | options: must be an object
                    """)
    void aRowThatCannotBecomeAJobIsSetAsideWithTheReason(String type, String payload, String options, String reason) {
        it.sql("SELECT penstock_enqueue($1, $2::text::jsonb, $3::text::jsonb, 'key')", type, payload, options);
        it.sql("SELECT penstock_enqueue('test.step', '{\"by\": \"next\", \"number\": 2}', '{}', 'key')");

        RelayRound round = await(relay.runOnce());

        assertThat(round.refused()).isEqualTo(1);
        assertThat(round.relayed()).isEqualTo(1);
        assertThat(it.ready()).containsExactly(new Step("next", 2));
        assertThat(it.unsent()).isZero();
        assertThat(await(it.admin.deadLetters(0, 10))).singleElement().satisfies(row -> {
            assertThat(row.reason()).isEqualTo(reason);
            assertThat(row.type()).isEqualTo(type);
        });
        assertThat(it.registry.get("penstock.outbox.dead.lettered").counter().count())
                .isEqualTo(1);
    }

    @Test
    void hugeDeepAndRepeatedPayloadsAreSetAside() {
        String insert = "INSERT INTO job_outbox (type, payload) VALUES ('test.step', $1::text::json)";
        it.sql(insert, "{\"by\":\"" + "x".repeat(1_500) + "\",\"number\":1}");
        it.sql(insert, "{\"by\":\"" + "x".repeat(1_000_000) + "\",\"number\":1}");
        it.sql(insert, "{\"by\":" + "[".repeat(500) + "]".repeat(500) + "}");
        it.sql(insert, "{\"number\":1,\"number\":2}");

        it.relayAll(relay);

        assertThat(await(it.admin.deadLetters(0, 10)))
                .extracting(DeadLetter::reason)
                .containsExactly(
                        "the payload is larger than 1000 bytes",
                        "payload: is far larger than a payload may be",
                        "payload: nests too deeply or holds a name or number that is too long",
                        "payload: has a duplicate field 'number' (line 1, column 21)");
    }

    @Test
    void aRepetitionInSqlAddsNothingAlsoWhenTheJobHasEnded() {
        String call =
                "SELECT penstock_enqueue('test.step', '{\"by\": \"sql\", \"number\": 5}', idempotency_key => 'k-1') AS id";
        String id = it.sql(call).get(0).getString("id");
        it.relayAll(relay);
        it.completeAll();

        assertThat(it.sql(call).get(0).getString("id")).isEqualTo(id);
        it.relayAll(relay);

        assertThat(it.ready()).isEmpty();
        assertThatThrownBy(() ->
                        it.sql("SELECT penstock_enqueue('test.step', '{\"number\": 6}', idempotency_key => 'k-1')"))
                .hasMessageContaining("was used before for another request");
        assertThatThrownBy(() -> it.sql("SELECT penstock_enqueue('test.step', idempotency_key => 'a b')"))
                .hasMessageContaining("must be 1 to 255");
    }

    @Test
    void aCallerInSqlNeedsNoMoreThanTheDocumentedGrants() {
        String role = "caller_" + UUID.randomUUID().toString().replace('-', '_');
        String plain = "SELECT penstock_enqueue('test.step', '{\"number\": 1}') AS id";
        String withKey = "SELECT penstock_enqueue('test.step', '{\"number\": 1}', idempotency_key => 'grants') AS id";
        it.sql("CREATE ROLE " + role);
        try {
            it.sql("GRANT INSERT ON job_outbox TO " + role);
            assertThat(as(role, plain)).isNotEmpty();
            assertThatThrownBy(() -> as(role, withKey))
                    .hasMessageContaining("permission denied for table job_outbox_key");

            it.sql("GRANT SELECT, INSERT, UPDATE (key) ON job_outbox_key TO " + role);
            String id = as(role, withKey);
            assertThat(as(role, withKey)).isEqualTo(id);
        } finally {
            it.sql("DROP OWNED BY " + role);
            it.sql("DROP ROLE " + role);
        }
    }

    private String as(String role, String call) {
        return it.inTransaction(transaction -> transaction
                .query("SET LOCAL ROLE " + role)
                .execute()
                .chain(() -> transaction.query(call).execute())
                .map(rows -> rows.iterator().next().getString("id")));
    }

    @Test
    void aRepetitionInJavaAddsNothingUntilTheKeyIsForgotten() {
        Supplier<List<String>> call = () -> await(it.pool.withTransaction(transaction -> it.outbox.enqueueAll(
                transaction,
                OutboxHarness.STEP,
                List.of(
                        Outbox.Item.of(new Step("a", 1), JobOptions.DEFAULT).withIdempotencyKey("first"),
                        Outbox.Item.of(new Step("a", 2), JobOptions.DEFAULT),
                        Outbox.Item.of(new Step("a", 3), JobOptions.DEFAULT).withIdempotencyKey("third")))));
        List<String> ids = call.get();
        it.relayAll(relay);
        it.completeAll();

        List<String> again = call.get();
        it.relayAll(relay);

        assertThat(again.get(0)).isEqualTo(ids.get(0));
        assertThat(again.get(1)).isNotEqualTo(ids.get(1));
        assertThat(again.get(2)).isEqualTo(ids.get(2));
        assertThat(it.ready()).containsExactly(new Step("a", 2));
        assertThatThrownBy(() -> await(it.pool.withTransaction(transaction -> it.outbox.enqueueAll(
                        transaction,
                        OutboxHarness.STEP,
                        List.of(Outbox.Item.of(new Step("b", 1), JobOptions.DEFAULT)
                                .withIdempotencyKey("first"))))))
                .isInstanceOf(IdempotencyKeyReusedException.class);

        await(new DedupCleaner(it.idempotentEnqueue, it.table, OutboxHarness.config(), () -> Duration.ZERO).runOnce());
        it.completeAll();
        assertThat(call.get()).doesNotContainAnyElementsOf(ids);
        it.relayAll(relay);
        assertThat(it.ready()).containsExactly(new Step("a", 1), new Step("a", 2), new Step("a", 3));
    }

    @Test
    void aRefusedRowIsRetriedOrDeleted() {
        it.sql("SELECT penstock_enqueue('test.step', '{\"number\": -1}', '{\"id\": \"first\"}')");
        it.sql("SELECT penstock_enqueue('test.step', '{\"number\": -2}', '{\"id\": \"second\"}')");
        it.relayAll(relay);
        List<DeadLetter> refused = await(it.admin.deadLetters(0, 10));
        assertThat(await(it.admin.deadLetters(refused.get(0).id(), 10))).hasSize(1);
        it.sql("UPDATE job_outbox_refused SET payload = '{\"number\": 1}' WHERE job_id = 'first'");

        assertThat(await(it.admin.retry(refused.get(0).id()))).contains("first");
        assertThat(await(it.admin.retry(refused.get(0).id()))).isEmpty();
        assertThat(await(it.admin.delete(refused.get(1).id()))).isTrue();
        assertThat(await(it.admin.delete(refused.get(1).id()))).isFalse();
        it.relayAll(relay);

        assertThat(it.ready()).extracting(Step::number).containsExactly(1);
        assertThat(await(it.admin.status()).deadLetters()).isZero();
    }

    @Test
    void aCheckedRowOfAnUnknownTypePassesAsItIs() {
        it.enqueue(new Step("a", 1));
        it.sql("UPDATE job_outbox SET type = 'test.newer', payload = '{\"newer\" : true}'");

        it.relayAll(relay);

        String payload = it.redis
                .run("XRANGE", "queue:{orders:0}:ready:0", "-", "+")
                .get(0)
                .get(1)
                .get(3)
                .toString();
        assertThat(payload).isEqualTo("{\"newer\" : true}");
    }

    @Test
    void noTextOfARowLeavesItsPlace() {
        it.sql("INSERT INTO job_outbox (type, queue) VALUES ('a;i=x', 'orders'), ('test.step', 'no{such}'),"
                + " ('test.step', 'nowhere')");
        it.sql("INSERT INTO job_outbox (job_id, type, payload) VALUES ('a;b', 'test.step', '{\"number\":1}')");

        it.relayAll(relay);

        assertThat(it.ready()).isEmpty();
        assertThat(await(it.admin.deadLetters(0, 10))).hasSize(4);
    }

    @Test
    void rowsOfANewerFormatWaitForANewerRelayAndHoldTheirKey() {
        it.enqueueInOrder(STEP, "key", 1, 3);
        it.enqueue(new Step("loose", 1));
        it.enqueue(new Step("loose", 2));
        it.sql("UPDATE job_outbox SET format = 2 WHERE payload ->> 'number' = '2'");

        RelayRound last = it.relayAll(relay);

        assertThat(last.more()).isFalse();
        assertThat(it.ready()).containsExactlyInAnyOrder(new Step("key", 1), new Step("loose", 1));
        assertThat(it.unsent()).isEqualTo(3);
    }

    @Test
    void theStatusTellsAgeAndNumber() {
        assertThat(await(it.admin.status())).isEqualTo(new OutboxStatus(0, 0, 0));
        it.enqueue(new Step("a", 1));
        it.enqueue(new Step("a", 2));
        it.sql(
                "UPDATE job_outbox SET created_at = created_at - interval '1 hour' WHERE id = (SELECT min(id) FROM job_outbox)");

        OutboxStatus status = await(it.admin.status());

        assertThat(status.unsent()).isEqualTo(2);
        assertThat(Duration.ofMillis(status.lagMs())).isBetween(Duration.ofHours(1), Duration.ofMinutes(61));
    }
}
