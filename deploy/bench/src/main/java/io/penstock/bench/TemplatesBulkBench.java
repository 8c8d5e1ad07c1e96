package io.penstock.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.bench.batch.BatchEngine;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.templates.bulk.RuledChains;
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateRestore;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.worker.templates.TemplateHandlers;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes, changes and brings back templates in bulk in one process, against a Redis and a PostgreSQL of its own. A writer changes templates
 * meanwhile; afterwards every template is accounted for: one outcome, no lost update.
 */
@Command(
        name = "deploy/bench/templates-bulk",
        description = "Measures bulk operations on course templates. See deploy/docs/templates-bulk.md.")
final class TemplatesBulkBench implements Callable<Integer> {

    private static final String TENANT = "bench";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration KEEP = Duration.ofMinutes(1);

    private static final String WRITE =
            """
            UPDATE course_template SET duration_minutes = duration_minutes + 1, version = version + 1 WHERE tenant = $1 AND id = $2
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--templates",
            paramLabel = "N",
            description = "Templates that are made. Default: ${DEFAULT-VALUE}.")
    private int templates = 20_000;

    @Option(
            names = "--changes",
            paramLabel = "N",
            description = "Templates that are changed. Default: ${DEFAULT-VALUE}.")
    private int changes = 10_000;

    @Option(
            names = "--ruled",
            description = "All inherit from a template with rules, to which their properties are held.")
    private boolean ruled;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    private final ObjectMapper mapper = new ObjectMapper();
    private final UUID parent = UUID.randomUUID();

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new TemplatesBulkBench(), args);
    }

    @Override
    public Integer call() {
        try (EmbeddedRedis redis = new EmbeddedRedis(AppendOnlyFile.OFF);
                BenchPostgres postgres = new BenchPostgres()) {
            Flyway.configure()
                    .dataSource("jdbc:" + postgres.url(), postgres.user(), postgres.password())
                    .load()
                    .migrate();
            try (BatchEngine engine = new BatchEngine(
                    new RedisOptions().setConnectionString(redis.url()),
                    postgres.url().substring("postgresql://".length()),
                    new BatchEngine.Known(new TemplateBatches().batchTypes(), List.of()))) {
                engine.work(
                        "bench",
                        List.of(),
                        TemplateHandlers.of(
                                new TemplateRows(),
                                new TemplateBackups(engine.pool()),
                                new RuledChains(engine.pool()),
                                new SimpleMeterRegistry()),
                        List.of(),
                        KEEP);
                return measure(engine) ? 0 : 1;
            }
        }
    }

    private boolean measure(BatchEngine engine) {
        if (ruled) {
            run(engine, TemplateBatches.CREATE, List.of(new TemplateChange(parent, null, rules())));
        }
        List<UUID> warm = ids(2_000);
        run(engine, TemplateBatches.CREATE, news("warm", warm));
        List<UUID> ids = ids(templates);
        Timed made = run(engine, TemplateBatches.CREATE, news("t", ids));
        tell("create", templates, made);

        List<UUID> changed = ids.subList(0, Math.min(changes, ids.size()));
        AtomicBoolean done = new AtomicBoolean();
        Map<UUID, Integer> theirs = new HashMap<>();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            Random random = new Random(1);
            while (!done.get()) {
                UUID id = changed.get(random.nextInt(changed.size()));
                engine.pool()
                        .preparedQuery(WRITE)
                        .execute(Tuple.of(TENANT, id))
                        .await()
                        .atMost(PATIENCE);
                theirs.merge(id, 1, Integer::sum);
            }
        });
        ObjectNode set = mapper.createObjectNode().put("price", 7);
        Timed updated = run(
                engine,
                TemplateBatches.UPDATE,
                changed.stream().map(id -> new TemplateChange(id, 1L, set)).toList());
        done.set(true);
        writer.join();
        tell("update, with a writer beside", changed.size(), updated);

        int lost = lost(engine, theirs);
        long outcomes = updated.batch().counts().completed()
                + updated.batch().counts().skipped()
                + updated.batch().counts().failed();
        say("  written by somebody else meanwhile: " + theirs.size() + " templates; lost updates: " + lost
                + "; outcomes: " + outcomes + " of " + changed.size());

        UUID batch = updated.batch().id();
        Timed back = run(
                engine,
                TemplateBatches.RESTORE,
                changed.stream().map(id -> new TemplateRestore(id, batch)).toList());
        tell("restore, one chunk after the other", changed.size(), back);
        return lost == 0 && outcomes == changed.size();
    }

    private static List<UUID> ids(int number) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ids.add(UUID.randomUUID());
        }
        return Collections.unmodifiableList(ids);
    }

    private ObjectNode rules() {
        ObjectNode set = mapper.createObjectNode()
                .put("name", "rules")
                .put("durationMinutes", 90)
                .put("price", 1);
        set.putObject("dynamicProperties").put("room", "b").put("language", "en");
        ObjectNode rules = set.putObject("validationRules").put("type", "object");
        rules.putArray("required").add("room").add("language");
        ObjectNode properties = rules.putObject("properties");
        properties.putObject("room").put("type", "string").put("pattern", "^b[0-9]*$");
        properties
                .putObject("language")
                .put("type", "string")
                .putArray("enum")
                .add("en")
                .add("de");
        properties
                .putObject("aids")
                .put("type", "array")
                .put("maxItems", 10)
                .putObject("items")
                .put("type", "string");

        return set;
    }

    private List<TemplateChange> news(String name, List<UUID> ids) {
        List<TemplateChange> items = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            ObjectNode set = mapper.createObjectNode()
                    .put("name", name + i)
                    .put("description", "A course that is held often, and told about in a sentence of some length.")
                    .put("durationMinutes", 90)
                    .put("price", 1)
                    .put("skillLevel", "beginner");
            set.putObject("dynamicProperties")
                    .put("room", "b" + i)
                    .put("language", "en")
                    .putArray("aids")
                    .add("beamer");
            set.putArray("tags").add("bench");
            if (ruled) {
                set.put("parentId", parent.toString());
            }
            items.add(new TemplateChange(ids.get(i), null, set));
        }
        return items;
    }

    /** Each write of somebody else, and each of ours, has raised the version by one and left its value. */
    private static int lost(BatchEngine engine, Map<UUID, Integer> theirs) {
        int lost = 0;
        for (Row row : engine.pool()
                .preparedQuery(
                        "SELECT id, price::bigint AS price, duration_minutes, version FROM course_template WHERE tenant = $1")
                .execute(Tuple.of(TENANT))
                .await()
                .atMost(PATIENCE)) {
            int wrote = theirs.getOrDefault(row.getUUID("id"), 0);
            boolean ours = row.getLong("price") == 7;
            if (row.getInteger("duration_minutes") != 90 + wrote
                    || row.getLong("version") != 1 + wrote + (ours ? 1 : 0)) {
                lost++;
            }
        }
        return lost;
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    /** @param postgresMicros CPU time of the server; this process's is {@code clientMicros} */
    private record Timed(Batch batch, double seconds, double postgresMicros, double clientMicros) {}

    private Timed run(BatchEngine engine, BatchType<?> type, List<?> items) {
        List<JsonNode> json = new ArrayList<>();
        items.forEach(item -> json.add(mapper.valueToTree(item)));
        Duration postgres = BenchPostgres.cpu(engine.pool());
        long client = Effort.cpuNanosOfThisProcess();
        long begin = System.nanoTime();
        Batch made = engine.parts()
                .batches()
                .create(BatchSpec.of(type)
                        .ofTenant(TENANT)
                        .withConflict(ConflictStrategy.SKIP)
                        .withConcurrency(type.equals(TemplateBatches.RESTORE) ? 1 : 5)
                        .withItems(json))
                .await()
                .atMost(PATIENCE);
        @Nullable Batch[] latest = {made};
        boolean ended = Pause.until(
                () -> {
                    Batch found = engine.parts()
                            .store()
                            .find(made.id())
                            .await()
                            .atMost(PATIENCE)
                            .orElseThrow();
                    latest[0] = found;
                    return found.status().isEnd();
                },
                LOOK,
                PATIENCE);
        Batch last = latest[0];
        if (!ended || last == null) {
            throw new BenchException("the batch " + made.id() + " does not end");
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double clientMicros = (Effort.cpuNanosOfThisProcess() - client) / 1e3;
        return new Timed(
                last, seconds, BenchPostgres.cpu(engine.pool()).minus(postgres).toNanos() / 1e3, clientMicros);
    }

    private void tell(String what, int number, Timed timed) {
        say(String.format(
                Locale.ROOT,
                "%s: %,.0f templates/s (%d in %.2f s): %d completed, %d skipped, %d failed;"
                        + " CPU per template: PostgreSQL %.0f µs, this process %.0f µs",
                what,
                number / timed.seconds(),
                number,
                timed.seconds(),
                timed.batch().counts().completed(),
                timed.batch().counts().skipped(),
                timed.batch().counts().failed(),
                timed.postgresMicros() / number,
                timed.clientMicros() / number));
    }
}
