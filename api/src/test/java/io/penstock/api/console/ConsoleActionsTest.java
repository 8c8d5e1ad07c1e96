package io.penstock.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.api.TestKeys;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduledTaskStore;
import io.penstock.common.testing.ServersResource;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Actions of the console, pressed in a real browser: each does what it says in Redis and PostgreSQL. Those of single jobs, of
 * schedules' switches and of keys are in {@link ConsoleInBrowserTest}, where a viewer finds all of them switched off.
 */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ConsoleActionsTest extends InBrowser {

    private static final String QUEUE = "fuzzed";
    private static final String TYPE = "sample.fuzzed";
    private static final String WORKER = "conw-1-0a1b2c3d";
    private static final Map<String, ?> LATER = Map.of("delayMs", 3_600_000);

    @Inject
    ScheduledTaskStore tasks;

    @Inject
    JobHistoryStore history;

    @Inject
    WorkerBoard board;

    @Inject
    TieredCaches caches;

    private QueueConsumer worker;

    @Override
    void fill() {
        get(jobAdmin.purge(QUEUE, JobAdmin.Purge.ALL));
        worker = consumer(QUEUE);
    }

    @AfterAll
    void leave() {
        if (worker != null) {
            worker.close();
            get(jobAdmin.purge(QUEUE, JobAdmin.Purge.ALL));
            get(board.leave(WORKER));
            sql("DELETE FROM scheduled_task WHERE id IN ('console-shipped', 'health-check')");
        }
    }

    private void go(String path) {
        // What a test that failed has left open stands in the way of no other.
        admin.evaluate("document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())");
        follow(admin, path);
    }

    private static String enqueue(Map<String, ?> options) {
        return enqueue(TYPE, note("x"), options);
    }

    private static void empty(JobAdmin jobs) {
        get(jobs.purge(QUEUE, JobAdmin.Purge.ALL));
    }

    /** The address that the toast leads to. */
    private String told() {
        admin.await("document.querySelector('.toast a')");
        String path =
                admin.evaluate("document.querySelector('.toast a').pathname").asText();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    // --- Queues ------------------------------------------------------------------------------------------

    @Test
    void aQueueIsPurgedOfWhatIsChosen() {
        empty(jobAdmin);
        String dead = bury(worker, enqueue(Map.of()), "hopeless");
        String later = enqueue(LATER);
        go("/console/queues/" + QUEUE);

        admin.press("Purge…");
        admin.write("#confirm", QUEUE);
        admin.submit();
        admin.awaitText("Gone: 1 job of " + QUEUE);
        assertThat(state(dead)).isEqualTo("GONE");
        assertThat(state(later)).isEqualTo("SCHEDULED");

        admin.press("Purge…");
        admin.evaluate("document.querySelectorAll('dialog input[type=radio]')[2].click()");
        admin.write("#confirm", QUEUE);
        admin.submit();
        admin.await("!document.querySelector('dialog[open]')");
        assertThat(state(later)).isEqualTo("GONE");
    }

    @Test
    void allQueuesArePausedAtOnceAndThatIsUndone() {
        go("/console/queues");
        admin.press("Pause all…");
        admin.write("#confirm", "pause all");
        admin.submit();
        admin.awaitText("queues are paused.");
        List<Boolean> paused = TestKeys.viewer().get("/api/queues").path("queues.paused");
        assertThat(paused).isNotEmpty().doesNotContain(false);

        admin.press("Undo");
        admin.await("document.querySelector('[aria-label=\"Pause " + QUEUE + "\"]')");
        List<Boolean> resumed = TestKeys.viewer().get("/api/queues").path("queues.paused");
        assertThat(resumed).doesNotContain(true);
    }

    @Test
    void limitsAreChangedOnceTheDifferenceWasShown() {
        go("/console/queues/" + QUEUE);
        admin.write("#limit-globalConcurrency", "7");
        admin.press("Save…");
        admin.await("document.querySelector('dialog[open] ins').innerText === 'Most at once, all workers: 7'");
        admin.submit();
        admin.awaitText("hold now.");
        TestKeys.viewer()
                .get("/api/queues/" + QUEUE + "/limits")
                .then()
                .body("override.globalConcurrency", equalTo(7))
                .body("inForce.globalConcurrency", equalTo(7));
        admin.awaitText("1 overridden");

        admin.write("#limit-globalConcurrency", "");
        admin.key("Backspace");
        admin.evaluate(
                "(f => { f.value = ''; f.dispatchEvent(new Event('input')); })(document.querySelector('#limit-globalConcurrency'))");
        admin.press("Save…");
        admin.submit();
        admin.await("!document.querySelector('dialog[open]') && !document.body.innerText.includes('1 overridden')");
        TestKeys.viewer()
                .get("/api/queues/" + QUEUE + "/limits")
                .then()
                .body("override.globalConcurrency", nullValue());
    }

    @Test
    void oneGroupIsPausedAndResumed() {
        go("/console/queues/" + QUEUE);
        admin.press("Pause group…");
        admin.write("#group", "seller-4410");
        admin.submit();
        admin.await("[...document.querySelectorAll('#main tr')].some(row => row.innerText.includes('seller-4410'))");
        TestKeys.viewer()
                .get("/api/queues/" + QUEUE + "/paused-groups")
                .then()
                .body("groups.group", hasItem("seller-4410"));

        admin.pressIn("seller-4410", "Resume");
        admin.awaitText("No group is paused.");
        TestKeys.viewer().get("/api/queues/" + QUEUE + "/paused-groups").then().body("groups", hasSize(0));
    }

    // --- Many jobs -----------------------------------------------------------------------------------------

    @Test
    void selectedJobsAreMadeReadyCancelledAndRetried() {
        empty(jobAdmin);
        String one = enqueue(LATER);
        String two = enqueue(LATER);
        onAllSelected("scheduled", "Run now…", "Ready: 2 jobs.");
        assertThat(List.of(state(one), state(two))).containsOnly("WAITING");

        onAllSelected("waiting", "Cancel…", "Cancelled or asked to stop: 2 jobs.");
        assertThat(List.of(state(one), state(two))).containsOnly("CANCELLED");

        String dead = bury(worker, enqueue(Map.of()), "hopeless");
        onAllSelected("dead", "Retry…", "Waiting again: 1 job.");
        assertThat(state(dead)).isEqualTo("WAITING");
    }

    private void onAllSelected(String state, String verb, String said) {
        go("/console/jobs?state=" + state + "&queue=" + QUEUE);
        admin.press("Select all on this page");
        admin.await("document.querySelector('.bulk')");
        admin.evaluate("[...document.querySelectorAll('.bulk button')].find(each => each.innerText.trim() === "
                + Tab.quoted(verb) + ").click()");
        admin.submit();
        admin.awaitText(said);
    }

    /** What the API is told is what the page showed; the work itself is a worker's. */
    @Test
    void allThatMatchAreChangedInTheBackgroundUnderTheFilterThatWasShown() {
        empty(jobAdmin);
        String dead = bury(worker, enqueue(Map.of()), "hopeless in general");
        Instant died = Instant.now().minusSeconds(1);
        // The history, of which groups are made, is written by workers.
        get(history.append(List.of(HistoryRow.builder(dead, QUEUE, TYPE, "dead", died.minusSeconds(9), died)
                .attempt(1)
                .maxAttempts(3)
                .error("hopeless in general" + STACK)
                .build())));
        enqueue(LATER);
        enqueue(Map.of());
        for (var each : Map.of(
                        "scheduled", "Cancel all…",
                        "waiting", "Cancel all…")
                .entrySet()) {
            go("/console/jobs?state=" + each.getKey() + "&queue=" + QUEUE);
            admin.press(each.getValue());
            submitAndClose();
            operation("cancel", each.getKey());
        }
        go("/console/jobs?state=dead&queue=" + QUEUE);
        admin.pressIn("hopeless in general", "Retry group…");
        submitAndClose();
        TestKeys.viewer()
                .get("/api/bulk-operations?limit=1")
                .then()
                .body("operations[0].action", equalTo("retry"))
                .body("operations[0].filter.types", equalTo(List.of(TYPE)))
                .body("operations[0].filter.fingerprint", org.hamcrest.Matchers.notNullValue());
    }

    @Test
    void actionsOnAllThatMatchAreInThePalette() {
        empty(jobAdmin);
        enqueue(LATER);
        go("/console/jobs?state=scheduled&queue=" + QUEUE);
        for (String verb : List.of("Run all that match now…", "Delete all that match…")) {
            admin.evaluate("document.activeElement.blur()");
            admin.key("/");
            admin.write("dialog.palette input", verb);
            admin.key("Enter");
            if (verb.startsWith("Delete")) {
                admin.write("#confirm", QUEUE);
            }
            submitAndClose();
            operation(verb.startsWith("Delete") ? "delete" : "run-now", "scheduled");
        }
    }

    private void submitAndClose() {
        admin.await("document.querySelector('dialog .big')?.innerText.match(/^[0-9]+$/)");
        admin.submit();
        admin.press("Stop it");
        admin.awaitText("Stopped");
        admin.submit();
        admin.await("!document.querySelector('dialog[open]')");
    }

    private static void operation(String action, String state) {
        TestKeys.viewer()
                .get("/api/bulk-operations?limit=1")
                .then()
                .body("operations[0].action", equalTo(action))
                .body("operations[0].state", equalTo("aborted"))
                .body("operations[0].filter.queue", equalTo(QUEUE))
                .body("operations[0].filter.states", equalTo(List.of(state)));
    }

    @Test
    void aFilterIsKeptAsAViewAndForgotten() {
        go("/console/jobs?state=dead&queue=" + QUEUE);
        admin.press("Save view");
        admin.write("#view", "Mine <b>");
        admin.submit();
        admin.await(
                "[...document.querySelectorAll('#main a')].some(each => each.innerText === 'Mine <b>' && each.search"
                        + " === '?state=dead&queue=" + QUEUE + "')");
        admin.press("Forget Mine <b>");
        admin.await("!document.body.innerText.includes('Mine <b>')");
    }

    // --- One job -------------------------------------------------------------------------------------------

    @Test
    void aJobThatRunsIsEnqueuedAgainWithAnotherPayloadOnceTheDifferenceWasShown() {
        empty(jobAdmin);
        String id = enqueue(Map.of("tenant", "acme", "priority", 3));
        claimed(worker, id);
        go("/console/jobs/" + id);

        admin.press("Run again…");
        admin.await("document.querySelector('#edited').value.includes('\"x\"')");
        admin.evaluate(
                "(f => { f.value = f.value.replace('\"x\"', '\"another <b>\"'); f.dispatchEvent(new Event('input')); })(document.querySelector('#edited'))");
        admin.await("document.querySelector('dialog del').innerText.includes('\"x\"')"
                + " && document.querySelector('dialog ins').innerText.includes('another <b>')");
        admin.submit();
        admin.await("location.pathname.startsWith('/console/jobs/') && !location.pathname.endsWith(" + Tab.quoted(id)
                + ")" + " && document.documentElement.dataset.shown === location.pathname");

        JobView made = get(queue.find(shownJob())).orElseThrow();
        assertThat(made.payload()).contains("another <b>");
        assertThat(made.priority()).isEqualTo(3);
        assertThat(made.labels().tenant()).contains("acme");
        assertThat(state(id)).isEqualTo("ACTIVE");
    }

    private String shownJob() {
        return admin.evaluate("decodeURIComponent(location.pathname.split('/').at(-1))")
                .asText();
    }

    /** A shell reads the command; what it would hand to curl is sent. */
    @Test
    void whatIsCopiedAsCurlEnqueuesTheSame() throws IOException {
        String id = enqueue(TYPE, note("it's \"quoted\" $HOME `id` \\ "), Map.of("tags", List.of("a", "b")));
        go("/console/jobs/" + id);
        admin.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }");
        admin.press("Copy as curl");
        admin.awaitText("The command is copied.");

        List<String> arguments = parsed(admin.evaluate("window.copied").asText());

        assertThat(arguments).contains("Authorization: Bearer the-key");
        String made = TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(arguments.get(arguments.indexOf("-d") + 1))
                .post(arguments.get(0))
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");
        JobView copy = get(queue.find(made)).orElseThrow();
        JobView first = get(queue.find(id)).orElseThrow();
        assertThat(copy.payload()).isEqualTo(first.payload());
        assertThat(copy.labels()).isEqualTo(first.labels());
    }

    private static List<String> parsed(String command) throws IOException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", "curl() { printf '%s\\0' \"$@\"; }; " + command);
        shell.environment().put("PENSTOCK_KEY", "the-key");
        String all = new String(shell.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return List.of(all.split("\0"));
    }

    @Test
    void secretsAreRevealedToAnAdminAndTheAuditTells() {
        String id =
                enqueue("sample.charge", "{\"order\":\"o-1\",\"card\":\"4111111111111111\",\"contacts\":[]}", LATER);
        go("/console/jobs/" + id);
        admin.await("document.querySelector('.tree')");
        assertThat(admin.text()).doesNotContain("4111111111111111");

        admin.press("Reveal");
        admin.submit();

        admin.awaitText("4111111111111111");
        TestKeys.admin()
                .get("/api/audit?action=jobs.reveal&target=" + id)
                .then()
                .body("entries", hasSize(1));
        TestKeys.operator().delete("/api/jobs/" + id);
    }

    @Test
    void aJobLeadsToItsParentItsChildrenAndItsBatch() {
        empty(jobAdmin);
        String member = "{\"type\":\"" + TYPE + "\",\"payload\":" + note("m") + "}";
        List<String> ids = TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"parent\":" + member + ",\"children\":[" + member + "," + member + "]}")
                .post("/api/jobs/family")
                .then()
                .statusCode(202)
                .extract()
                .path("jobs.jobId");
        TestKeys.operator().post("/api/jobs/" + ids.get(2) + "/cancel").then().statusCode(200);
        go("/console/jobs/" + ids.get(0));

        admin.awaitText("2 children");
        // It never ran: no attempt could tell.
        admin.awaitText(get(queue.find(ids.get(0))).orElseThrow().error());
        JsonNode rows = admin.evaluate(
                "[...document.querySelectorAll('[aria-labelledby=children] tbody tr')].map(row => row.querySelector('a').innerText + ' ' + row.cells[1].innerText.trim())");
        assertThat(List.of(rows.get(0).asText(), rows.get(1).asText()))
                .containsExactly(ids.get(1) + " Waiting", ids.get(2) + " Cancelled");
        List<String> found = new ArrayList<>();
        learnAxe(admin);
        for (String look : List.of("light", "dark", "phone")) {
            look(admin, "job-family", look, found);
        }
        assertThat(found).isEmpty();
        admin.show("light", 1440, 900);
        admin.press(ids.get(1));
        admin.await("document.documentElement.dataset.shown?.includes(" + Tab.quoted(ids.get(1)) + ")");
        admin.awaitText("Waited for by");
        admin.press(ids.get(0));
        admin.await("document.documentElement.dataset.shown?.includes(" + Tab.quoted(ids.get(0)) + ")");

        String batch = UUID.randomUUID().toString();
        go("/console/jobs/" + enqueue(Map.of("id", "batch-" + batch + "-0-0")));
        admin.await("document.querySelector('a[href=\"/console/batches/" + batch + "\"]')");
    }

    // --- Batches, schedules -----------------------------------------------------------------------------------

    @Test
    void aBatchIsPausedResumedAndItsFailedItemsRunAgain() {
        String id = post(
                "/api/batches", "{\"type\":\"sample.lines\",\"items\":[{\"text\":\"a\"},{\"text\":\"b\"}]}", 201, "id");
        go("/console/batches/" + id);
        admin.press("Pause");
        admin.awaitText("The batch is paused.");
        TestKeys.viewer().get("/api/batches/" + id).then().body("paused", equalTo(true));
        admin.press("Resume");
        admin.awaitText("The batch runs.");
        TestKeys.viewer().get("/api/batches/" + id).then().body("paused", equalTo(false));

        sql("UPDATE batch_operation_items SET status = 'failed', error = 'no', finished_at = now() WHERE batch_id = '"
                + id + "'");
        sql("UPDATE batch_operations SET status = 'failed', failed = total, started_at = now(), finished_at = now()"
                + " WHERE id = '" + id + "'");
        go("/console/batches/" + id);
        admin.press("Retry 2 failed…");
        admin.submit();
        admin.awaitText("2 items run again.");
        TestKeys.viewer()
                .get("/api/batches/" + id)
                .then()
                .body("failed", equalTo(0))
                .body("finishedAt", nullValue());
    }

    @Test
    void aScheduleThatWasChangedShowsItsDeclarationGoesBackToItAndRunsNow() {
        get(tasks.declare(
                List.of(DeclaredSchedule.of(
                        "console-shipped",
                        "Shipped",
                        "",
                        "0 3 * * 0",
                        "Asia/Taipei",
                        TYPE,
                        "{\"text\":\"9007199254740993\",\"ms\":1}")),
                Set.of(),
                Instant.now()));
        go("/console/schedules/console-shipped");
        admin.write("#cron", "30 2 * * SUNL");
        admin.await("document.querySelector('#differs ~ .diff ins')?.innerText === 'Expression: 30 2 * * SUNL'");
        admin.press("Save");
        admin.awaitText("is saved.");

        go("/console/schedules/console-shipped");
        admin.await("document.querySelector('#overrides ~ .diff')?.innerText.includes('Expression: 0 3 * * 0')");
        admin.press("Back to declared");
        admin.await("document.querySelector('dialog[open] .diff ins')?.innerText === 'Expression: 0 3 * * 0'");
        admin.submit();
        admin.awaitText("is as declared.");
        TestKeys.viewer()
                .get("/api/tasks/console-shipped")
                .then()
                .body("data.cronExpression", equalTo("0 3 * * 0"))
                .body("data.overridden", equalTo(false));

        go("/console/schedules/console-shipped");
        admin.press("Run now…");
        admin.submit();
        admin.awaitText("was started.");
        assertThat(
                        count(
                                "SELECT count(*) FROM task_execution_log WHERE task_id = 'console-shipped' AND trigger = 'manual'"))
                .isEqualTo(1);

        go("/console/schedules");
        admin.press("Shipped is on");
        admin.awaitText("is off.");
        admin.press("Undo");
        admin.await("document.querySelector('[aria-label=\"Shipped is on\"]')");
        TestKeys.viewer().get("/api/tasks/console-shipped").then().body("data.isActive", equalTo(true));
    }

    // --- Workloads' pages -------------------------------------------------------------------------------------

    @Test
    void anOrderIsGivenUpAndItsTicketsAreOnSaleAgain() {
        int type = post(
                "/api/concerts",
                """
                {"name":"Vespers <b>","venue":"St John","sessions":[{"startsAt":"2190-05-01T19:30:00Z","ticketTypes":
                  [{"name":"Choir","priceCents":4550,"currency":"EUR","quantity":5}]}]}""",
                201,
                "sessions[0].ticketTypes[0].id");
        int order = post(
                "/api/orders",
                "{\"email\":\"vespers@example.org\",\"ticketTypeId\":" + type + ",\"quantity\":2}",
                201,
                "id");
        go("/console/orders");

        admin.pressIn("vespers@example.org", "Give up");
        admin.awaitText("Its 2 tickets go back on sale at once.");
        admin.submit();

        admin.awaitText("The order was given up");
        TestKeys.viewer().get("/api/orders/" + order).then().body("state", equalTo("cancelled"));
        assertThat(count("SELECT available FROM shop_ticket_type WHERE id = " + type))
                .isEqualTo(5);
        go("/console/orders?state=cancelled");
        admin.awaitText("vespers@example.org");
    }

    @Test
    void suggestionsForAProductAreAskedFor() {
        sql(
                "INSERT INTO product_user (id, email) OVERRIDING SYSTEM VALUE VALUES (900101, 'asks@example.org') ON CONFLICT DO NOTHING");
        sql("INSERT INTO product_item (id, marketplace, asin, title, status) OVERRIDING SYSTEM VALUE"
                + " VALUES (900101, 'US', 'B900001010', 'Box kite', 'new') ON CONFLICT DO NOTHING");
        sql("INSERT INTO product_tracked (id, user_id, item_id) OVERRIDING SYSTEM VALUE VALUES (900101, 900101, 900101)"
                + " ON CONFLICT DO NOTHING");
        go("/console/products/900101");

        admin.press("Suggest now");
        admin.awaitText("A job makes it.");
        admin.press("See the job");

        admin.awaitText("optimization_analysis");
        TestKeys.viewer()
                .get("/api/jobs?type=optimization_analysis&state=waiting&payload.trackedId=900101")
                .then()
                .body("jobs.size()", equalTo(1));
    }

    /** What the batch does is a worker's; here it waits, for the templates that were shown. */
    @Test
    void templatesAreBroughtBackToWhatTheyWereBeforeAChange() {
        String tenant = "back-" + UUID.randomUUID();
        UUID template = UUID.randomUUID();
        sql("INSERT INTO course_template (tenant, id, kind, depth, name, status, created_by, updated_by)" + " VALUES ('"
                + tenant + "', '" + template + "', 'base', 0, 'Knots', 'active', 'a', 'a')");
        String change = post(
                "/api/templates/bulk/update",
                "{\"tenant\":\"" + tenant + "\",\"changes\":[{\"id\":\"" + template
                        + "\",\"expectedVersion\":1,\"set\":{\"price\":5}}]}",
                202,
                "batchId");
        sql("INSERT INTO course_template_backup (tenant, batch_id, template_id, version, new_version, content, tags)"
                + " VALUES ('" + tenant + "', '" + change + "', '" + template + "', 1, 2, '{}', '[]')");
        sql(
                "UPDATE batch_operations SET status = 'completed', completed = total, started_at = now(), finished_at = now()"
                        + " WHERE id = '" + change + "'");
        go("/console/templates?view=operations&tenant=" + tenant);

        admin.pressIn("Change", "Bring back…");
        admin.awaitText("Bring 1 template back");
        admin.submit();

        admin.awaitText("Way back");
        String batch = told();
        TestKeys.viewer()
                .get("/api/batches/" + batch)
                .then()
                .body("type", equalTo("templates.restore"))
                .body("tenant", equalTo(tenant))
                .body("total", equalTo(1));
        assertThat(count("SELECT count(*) FROM batch_operation_inputs WHERE batch_id = '" + batch
                        + "' AND items::jsonb @> '[{\"id\":\"" + template + "\",\"batchId\":\"" + change + "\"}]'"))
                .isEqualTo(1);
    }

    /** Each of them is in the address, so that what is seen can be sent to somebody. */
    @Test
    void eachFilterAndOrderOfTemplatesIsALink() {
        String tenant = "found-" + UUID.randomUUID();
        sql(
                "INSERT INTO course_template (tenant, id, kind, depth, name, status, price, duration_minutes, skill_level, usage_count,"
                        + " created_by, updated_by) VALUES"
                        + " ('" + tenant
                        + "', gen_random_uuid(), 'base', 0, 'Knots', 'active', 20, 60, 'beginner', 11, 'a', 'a'),"
                        + " ('" + tenant
                        + "', gen_random_uuid(), 'custom', 0, 'Sails', 'draft', 300, 120, 'expert', 0, 'a', 'a'),"
                        + " ('" + tenant
                        + "', gen_random_uuid(), 'custom', 0, 'Tides', 'active', 80, 90, 'expert', 3, 'a', 'a')");
        sql("INSERT INTO course_template_tag (tenant, template_id, name, value, type) SELECT '" + tenant
                + "', id, 'sea', '', 'label' FROM course_template WHERE tenant = '" + tenant + "' AND name <> 'Knots'");
        go("/console/templates?tenant=" + tenant);
        admin.awaitText("3 found");

        for (String[] step : List.of(
                new String[] {"Status", "active", "Knots Tides"},
                new String[] {"Type", "base", "Knots"},
                new String[] {"Skill level", "expert", "Sails Tides"},
                new String[] {"Price", "up to 25", "Knots"},
                new String[] {"Price", "100 to 500", "Sails"},
                new String[] {"Minutes", "60 to 90", "Knots Tides"},
                new String[] {"Only", "used more than 10 times", "Knots"},
                new String[] {"Sorted by", "Uses", "Knots Tides Sails"})) {
            follow(step[0], step[1]);
            awaitTemplates(step[2]);
            assertThat(admin.evaluate("location.search").asText()).contains("=");
            // The chosen one leads back; of orders it turns round.
            follow(step[0], step[1]);
            awaitTemplates(step[0].equals("Sorted by") ? "Sails Tides Knots" : "Knots Sails Tides");
        }
        go("/console/templates?tenant=" + tenant + "&favourites=true");
        admin.awaitText("Nothing matches all of this.");
        go("/console/templates?tenant=" + tenant + "&tags=sea&minPrice=100");
        awaitTemplates("Sails");
        admin.evaluate("document.querySelector('.chip button[aria-label=\"Drop the filter price\"]').click()");
        awaitTemplates("Sails Tides");
    }

    private void follow(String group, String link) {
        admin.evaluate("[...document.querySelectorAll('.facet[aria-label=\"" + group
                + "\"] a')].find(a => a.textContent.startsWith('" + link + "')).click()");
    }

    private void awaitTemplates(String names) {
        admin.await(
                "[...document.querySelectorAll('.found tbody th a[href*=\"/templates/\"]')].map(a => a.textContent).join(' ') === '"
                        + names + "'");
    }

    // --- Machinery --------------------------------------------------------------------------------------------

    private WorkerBoard.Answer beat(String activity, boolean first) {
        WorkerProfile profile = new WorkerProfile(
                "host-c",
                "10.0.0.7",
                42,
                "1.2.3",
                Instant.now(),
                0,
                List.of(new WorkerProfile.Queue(QUEUE, 5)),
                List.of(TYPE));
        WorkerState state = new WorkerState(activity, 1_000, 2_000, 0, 0, List.of(), List.of());
        return get(board.beat(WORKER, Optional.of(profile), first, state, Map.of()));
    }

    @Test
    void aWorkerIsQuietedResumedAndStopped() {
        beat(WorkerState.RUNNING, true);
        go("/console/workers");
        admin.press("Quiet conw");
        admin.awaitText("takes no more jobs.");
        assertThat(ordered(WorkerState.QUIET)).isEqualTo("QUIET");

        go("/console/workers");
        admin.press("Resume conw");
        admin.awaitText("takes jobs again.");
        assertThat(ordered(WorkerState.RUNNING)).isEqualTo("RESUME");

        go("/console/workers");
        admin.press("Stop conw");
        admin.write("#confirm", "conw");
        admin.submit();
        admin.await("!document.querySelector('dialog[open]')");
        assertThat(ordered(WorkerState.STOPPING)).isEqualTo("STOP");
    }

    /** What the worker is told at its next sign of life; it then says that it does so. */
    private String ordered(String then) {
        String order = beat(then, false).order().map(Enum::name).orElse("");
        beat(then, false);
        return order;
    }

    @Test
    void aGuardIsForcedOpenForcedClosedAndReset() {
        go("/console/flow");
        for (var step : List.of(
                List.of("Open…", "forced_open", "is forced open."),
                List.of("Close…", "forced_closed", "is forced closed."),
                List.of("Reset…", "closed", "decides by itself again."))) {
            admin.pressIn("database", step.get(0));
            admin.write("#reason", "for <b> the night");
            admin.submit();
            admin.awaitText(step.get(2));
            TestKeys.viewer()
                    .get("/api/flow")
                    .then()
                    .body("guards.find { it.guard == 'database' }.state", equalTo(step.get(1)));
            follow(admin, "/console/flow");
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void entriesOfACacheAreInvalidatedAndItIsWarmedUp() {
        TieredCache<String, String> names =
                (TieredCache<String, String>) caches.find("sample-names").orElseThrow();
        get(names.get("console"));
        long loads = names.stats().loads();
        go("/console/cache");
        admin.press("Invalidate…");
        admin.write("#what", "user:sample:console*");
        admin.submit();
        admin.awaitText("gone.");
        get(names.get("console"));
        assertThat(names.stats().loads()).isEqualTo(loads + 1);

        go("/console/cache");
        admin.pressIn("sample-names", "Warm up");
        assertThat(state(told())).isNotEqualTo("GONE");
    }

    @Test
    void aCheckAndAReportAreMadeNow() {
        TestKeys.admin().delete("/api/tasks/health-check");
        post(
                "/api/tasks",
                "{\"id\":\"health-check\",\"name\":\"Check\",\"cronExpression\":\"@daily\",\"jobType\":\"" + TYPE
                        + "\",\"payload\":" + note("a") + "}",
                201,
                "data.id");
        go("/console/health");
        admin.press("Check now");
        admin.awaitText("A check is under way.");
        assertThat(count("SELECT count(*) FROM task_execution_log WHERE task_id = 'health-check' AND trigger = 'manual'"
                        + " AND start_time > now() - interval '10 minutes'"))
                .isPositive();

        go("/console/reports");
        admin.press("Make one now");
        assertThat(state(told())).isNotEqualTo("GONE");
    }

    @Test
    void whatTheOutboxRefusedIsTriedAgainOrDropped() {
        sql("DELETE FROM job_outbox_refused");
        sql("INSERT INTO job_outbox_refused (id, job_id, type, payload, options, format, created_at, reason)"
                + " SELECT n, 'console-job-' || n, '" + TYPE + "', '" + note("x")
                + "', '{}', 1, now(), 'payload.ms: is <b> wrong' FROM generate_series(900001, 900002) AS n");
        go("/console/health");
        admin.pressIn("console-job-900001", "Retry");
        admin.awaitText("It is looked at again.");
        assertThat(count("SELECT count(*) FROM job_outbox_refused WHERE id = 900001"))
                .isZero();

        go("/console/health");
        admin.pressIn("console-job-900002", "Delete…");
        admin.write("#confirm", "delete");
        admin.submit();
        admin.awaitText("The row is gone.");
        assertThat(count("SELECT count(*) FROM job_outbox_refused")).isZero();
        sql("DELETE FROM job_outbox WHERE job_id LIKE 'console-job-%'");
    }

    // --- People -----------------------------------------------------------------------------------------------

    @Test
    void aUserIsMadeLogsInByPasswordAndLinkIsChangedLoggedOutAndDeleted() {
        String name = "console-" + UUID.randomUUID().toString().substring(0, 8);
        go("/console/access");
        admin.press("New user…");
        admin.write("#name", name);
        admin.write("#password", "correct horse battery");
        admin.submit();
        admin.awaitText(name + " can log in.");

        Tab own = newTab();
        own.open(address("/console/queues"));
        own.write("#name", name);
        own.write("#password", "correct horse battery");
        own.press("Log in");
        own.await("document.documentElement.dataset.shown === '/console/queues'");
        changePassword(own);

        admin.pressIn(name, "Edit…");
        admin.evaluate(
                "(f => { f.value = 'operator'; f.dispatchEvent(new Event('change')); })(document.querySelector('#role'))");
        admin.submit();
        admin.awaitText(name + " is saved.");
        assertThat(users(name)).contains("operator");

        admin.pressIn(name, "Link");
        admin.awaitText("It logs in once");
        String link = admin.evaluate("document.querySelector('dialog .code').innerText")
                .asText();
        admin.submit();
        Tab linked = newTab();
        linked.open(link);
        linked.await("document.documentElement.dataset.shown === '/console'");
        linked.awaitText(name);
        assertThat(linked.requested()).noneMatch(url -> url.contains("token="));

        admin.pressIn(name, "Log out");
        admin.awaitText("is logged out everywhere.");
        follow(linked, "/console/login");
        linked.open(address("/console/queues"));
        linked.awaitText("Log in");

        admin.pressIn(name, "Delete…");
        admin.write("#confirm", name);
        admin.submit();
        admin.awaitText(name + " is gone.");
        assertThat(users(name)).isEmpty();
    }

    private static void changePassword(Tab tab) {
        tab.evaluate("document.activeElement.blur()");
        tab.key("/");
        tab.write("dialog.palette input", "Change password");
        tab.key("Enter");
        tab.write("#current", "correct horse battery");
        tab.write("#fresh", "another long password");
        tab.submit();
        tab.awaitText("The password is changed");
    }

    private static List<String> users(String name) {
        return TestKeys.admin().get("/api/users").path("users.findAll { it.name == '" + name + "' }.role");
    }

    @Test
    void aSessionEndsWhenItsUserLogsOut() {
        String name = "console-" + UUID.randomUUID().toString().substring(0, 8);
        post(
                "/api/users",
                "{\"name\":\"" + name + "\",\"role\":\"viewer\",\"password\":\"correct horse battery\"}",
                201,
                "id");
        Tab own = newTab();
        own.open(address("/console"));
        own.write("#name", name);
        own.write("#password", "correct horse battery");
        own.press("Log in");
        own.await("document.documentElement.dataset.shown === '/console'");
        own.press("Log out");
        own.await("location.pathname === '/console/login'");
        own.await("document.querySelector('#password')");
        int status = own.evaluate("fetch('/api/session').then(answer => answer.status)")
                .asInt();
        assertThat(status).isEqualTo(401);
        sql("DELETE FROM users WHERE name = '" + name + "'");
    }

    // --- The page itself ----------------------------------------------------------------------------------------

    @Test
    void theFirstJobIsEnqueuedByAButton() {
        go("/console/first-run");
        admin.press("Enqueue a sample job");
        admin.await("location.pathname.startsWith('/console/jobs/')");
        assertThat(get(queue.find(shownJob())).orElseThrow().type()).isEqualTo("diagnostics.ping");
        TestKeys.operator().delete("/api/jobs/" + shownJob());
    }

    @Test
    void thePageIsHeldStillAndItsThemeChosen() {
        go("/console/queues");
        admin.press("Live");
        admin.await("document.documentElement.dataset.feed === 'paused'");
        admin.press("Paused");
        admin.await("document.documentElement.dataset.feed === 'live'");
        List<String> themes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            admin.evaluate("document.querySelector('.bar button[aria-label^=Theme]').click()");
            themes.add(admin.evaluate("document.documentElement.dataset.theme ?? 'system'")
                    .asText());
        }
        assertThat(themes).containsExactly("light", "dark", "system");
    }
}
