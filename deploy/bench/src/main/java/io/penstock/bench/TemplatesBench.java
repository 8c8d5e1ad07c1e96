package io.penstock.bench;

import io.penstock.common.pool.DatabasePools;
import io.penstock.common.templates.TemplatePlace;
import io.penstock.common.templates.TemplateQuery;
import io.penstock.common.templates.TemplateReads;
import io.penstock.common.templates.TemplateSearch;
import io.penstock.common.templates.TemplateSort;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Fills a PostgreSQL of its own with templates of many tenants, asks for pages as people do, each at random and none from a cache, and says how
 * long the answers took. Looks at the plans, too: none may read the whole table.
 */
@Command(
        name = "deploy/bench/templates",
        description = "Measures the search among course templates. See deploy/docs/templates.md.")
final class TemplatesBench implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final double BOUND_MILLIS = 50;
    private static final String WHOLE_TABLE = "Seq Scan on course_template t";

    /** Chains of ten: each but the first of ten has the one before it as its parent. */
    private static final String FILL =
            """
            INSERT INTO course_template (tenant, id, kind, parent_id, depth, name, description, duration_minutes, price, skill_level,
                status, usage_count, last_used_at, favourites, created_by, created_at, updated_by, dynamic_properties)
            SELECT 'tenant-' || $1::int, md5($1::int || '/' || n)::uuid, CASE n % 3 WHEN 0 THEN 'base' WHEN 1 THEN 'specialized' ELSE 'custom' END,
                CASE WHEN n % 10 > 0 THEN md5($1::int || '/' || (n - 1))::uuid END, n % 10,
                (ARRAY['Yoga', 'Pottery', 'Spanish', 'Welding', 'First aid', 'Chess', 'Cooking', 'Statistics'])[1 + n % 8] || ' ' || n,
                'A course about ' || md5((n % 997)::text) || ' that is held often, and told about in a sentence.',
                30 + 15 * (n % 12), n % 300, (ARRAY['beginner', 'intermediate', 'advanced', 'expert'])[1 + n % 4],
                (ARRAY['active', 'active', 'active', 'draft', 'archived'])[1 + n % 5], (n * 7919) % 50,
                CASE WHEN n % 3 = 0 THEN now() - n * interval '1 minute' END, (n * 104729) % 20,
                'bench', now() - n * interval '1 second', 'bench', jsonb_build_object('room', 'b' || n, 'aids', jsonb_build_array('beamer'))
            FROM generate_series(0, $2::int - 1) AS n
            """;

    private static final String TAG =
            """
            INSERT INTO course_template_tag (tenant, template_id, name)
            SELECT tenant, id, 'tag-' || (usage_count % 25) FROM course_template
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--templates",
            paramLabel = "N",
            description = "Templates of all tenants. Default: ${DEFAULT-VALUE}.")
    private int templates = 1_000_000;

    @Option(names = "--tenants", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int tenants = 100;

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "How often each is asked. Default: ${DEFAULT-VALUE}.")
    private int questions = 500;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    private final Random random = new Random(1);

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new TemplatesBench(), args);
    }

    @Override
    public Integer call() {
        Vertx vertx = Vertx.vertx();
        try (BenchPostgres postgres = new BenchPostgres()) {
            Flyway.configure()
                    .dataSource("jdbc:" + postgres.url(), postgres.user(), postgres.password())
                    .load()
                    .migrate();
            Pool pool = postgres.pool(vertx, 4);
            try {
                fill(pool);
                return measure(pool) ? 0 : 1;
            } finally {
                pool.closeAndForget();
            }
        } finally {
            vertx.close();
        }
    }

    private void fill(Pool pool) {
        long begin = System.nanoTime();
        for (int tenant = 0; tenant < tenants; tenant++) {
            await(pool.preparedQuery(FILL).execute(Tuple.of(tenant, templates / tenants)));
        }
        await(pool.query(TAG).execute());
        await(pool.query("VACUUM ANALYZE course_template").execute());
        await(pool.query("VACUUM ANALYZE course_template_tag").execute());
        say(String.format(
                Locale.ROOT,
                "%,d templates of %d tenants, made in %.0f s",
                templates / tenants * tenants,
                tenants,
                (System.nanoTime() - begin) / 1e9));
    }

    private boolean measure(Pool pool) {
        TemplateSearch search = new TemplateSearch(DatabasePools.of(pool));
        TemplateReads reads = new TemplateReads(DatabasePools.of(pool));
        boolean fine = true;
        for (TemplateSort sort : TemplateSort.values()) {
            boolean up = sort == TemplateSort.NAME;
            fine &= ask(pool, search, "all, by " + sort.wire(), n -> query(null, null, null, null, sort, up, null));
        }
        fine &= ask(
                pool,
                search,
                "active, by usage",
                n -> query("active", null, null, null, TemplateSort.USAGE, false, null));
        fine &= ask(
                pool,
                search,
                "text that is there",
                n -> query(null, "chess " + number(), null, null, TemplateSort.NAME, true, null));
        fine &= ask(
                pool,
                search,
                "text that is not there",
                n -> query(null, "xyzzy" + n, null, null, TemplateSort.NAME, true, null));
        fine &= ask(
                pool,
                search,
                "tag, active",
                n -> query("active", null, "tag-" + n % 25, null, TemplateSort.POPULARITY, false, null));
        fine &= ask(
                pool, search, "price from", n -> query(null, null, null, n % 300, TemplateSort.UPDATED, false, null));
        fine &= ask(
                pool,
                search,
                "far behind, by name",
                n -> query(
                        null,
                        null,
                        null,
                        null,
                        TemplateSort.NAME,
                        true,
                        new TemplatePlace(TemplateSort.NAME, true, false, List.of("Statistics 5"), new UUID(0, 0))));
        List<UUID> ends = ends(pool);
        fine &= tell("a chain of ten", n -> reads.view("tenant-0", ends.get(n % ends.size()))
                .replaceWithVoid());
        return fine;
    }

    /** Templates of one tenant that have nine above them. */
    private static List<UUID> ends(Pool pool) {
        List<UUID> ends = new ArrayList<>();
        await(pool.query("SELECT id FROM course_template WHERE tenant = 'tenant-0' AND depth = 9 LIMIT 1000")
                        .execute())
                .forEach(row -> ends.add(row.getUUID("id")));
        return ends;
    }

    private int number() {
        return random.nextInt(Math.max(1, templates / tenants));
    }

    private String tenant() {
        return "tenant-" + random.nextInt(tenants);
    }

    private TemplateQuery query(
            @Nullable String status,
            @Nullable String text,
            @Nullable String tag,
            @Nullable Integer minPrice,
            TemplateSort sort,
            boolean up,
            @Nullable TemplatePlace place) {
        return new TemplateQuery(
                tenant(),
                status,
                null,
                null,
                null,
                text,
                tag == null ? List.of() : List.of(tag),
                minPrice == null ? null : BigDecimal.valueOf(minPrice),
                null,
                null,
                null,
                null,
                false,
                sort,
                up,
                place,
                50);
    }

    private boolean ask(Pool pool, TemplateSearch search, String what, IntFunction<TemplateQuery> question) {
        TemplateSearch.Statement statement = TemplateSearch.rows(question.apply(0));
        StringBuilder plan = new StringBuilder();
        await(pool.preparedQuery("EXPLAIN " + statement.text()).execute(statement.parameters()))
                .forEach(row -> plan.append(row.getString(0)).append('\n'));
        boolean whole = plan.indexOf(WHOLE_TABLE) >= 0;
        if (whole) {
            say("  reads the whole table:\n" + plan);
        }
        return tell(what, n -> search.page(question.apply(n)).replaceWithVoid()) && !whole;
    }

    private boolean tell(String what, IntFunction<Uni<Void>> question) {
        Latencies latencies = new Latencies();
        for (int i = -20; i < questions; i++) {
            Uni<Void> asked = question.apply(Math.abs(i));
            long begin = System.nanoTime();
            asked.await().atMost(PATIENCE);
            if (i >= 0) {
                latencies.add(System.nanoTime() - begin);
            }
        }
        double p99 = latencies.millisAt(99);
        say(String.format(Locale.ROOT, "%-24s p50 %6.1f ms, p99 %6.1f ms", what, latencies.millisAt(50), p99));
        return p99 < BOUND_MILLIS;
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }
}
