package io.penstock.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.api.TestKeys;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueConsumers;
import io.penstock.common.queue.QueuePolicies;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What tests of the console in a real browser share: one Chromium, one tab of an admin, and ways to get about. Skipped where
 * there is no Chromium.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InBrowser {

    static final Path PICTURES = Path.of("target", "screenshots");

    /** For answers of the store: a busy machine is slow. */
    static final Duration SOON = Duration.ofSeconds(30);

    /** Keeps the digits of numbers. */
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** Pictures that the README shows: kept in the repository, and so packed well. */
    private static final List<String> README =
            List.of("incident-overview-light", "incident-job-light", "incident-batch-light");

    private static final int WIDTH = 1440;
    private static final int HEIGHT = 900;

    /** What is wrong by all rules but that of contrast, which takes three quarters of the time. */
    private static final String VIOLATIONS = violations("document", "rules: {'color-contrast': {enabled: false}}");

    /**
     * What cannot be read well. Of rows and cells that look the same but for their text one is looked at, and what stands around
     * every screen on one screen.
     */
    private static final String CONTRASTS =
            """
            (async () => {
              const seen = new Set();
              for (const each of document.querySelectorAll('tbody tr, .chunks > a, ol > li, ul > li, .tile, dl > dd')) {
                const looks = [each.closest('section, aside, dialog, nav')?.className, each.parentElement.className, each, ...each.querySelectorAll('*')]
                  .map(part => part?.tagName ? [part.tagName, part.getAttribute('class'), part.dataset?.state, part.dataset?.severity, part.disabled, part.getAttribute('aria-selected'), part.getAttribute('aria-pressed')].join() : part).join(';');
                if (seen.has(looks)) each.setAttribute('data-alike', '');
                else seen.add(looks);
              }
              const found = await %s;
              document.querySelectorAll('[data-alike]').forEach(each => each.removeAttribute('data-alike'));
              return found;
            })()""";

    /** What nobody can use on paper, and a page that would be printed dark. */
    private static final String NOT_FOR_PAPER =
            """
            [...document.querySelectorAll('.nav, button')].filter(each => each.checkVisibility())
              .map(each => 'is printed: ' + each.outerHTML.slice(0, 80))
              .concat(getComputedStyle(document.documentElement).colorScheme === 'light' ? [] : ['is printed dark'])""";

    private static final String OF_COLOURS = "runOnly: ['color-contrast', 'link-in-text-block']";

    private static final String CONTRASTS_WITHIN =
            CONTRASTS.formatted(violations("{exclude: [['[data-alike]'], ['.nav'], ['.bar']]}", OF_COLOURS));

    private static final String CONTRASTS_OF_ALL =
            CONTRASTS.formatted(violations("{exclude: [['[data-alike]']]}", OF_COLOURS));

    private static String violations(String where, String rules) {
        return """
            axe.run(%s, {resultTypes: ['violations'], preload: false, %s}).then(result => result.violations.map(each =>
              each.id + ': ' + each.nodes.slice(0, 2).map(node => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | ')))"""
                .formatted(where, rules);
    }

    /** Of the machine, for all classes: it goes with the JVM. */
    private static @Nullable Browser shared;

    private static @Nullable Tab adminsTab;

    @Inject
    QueueConsumers consumers;

    @Inject
    QueuePolicies policies;

    @Inject
    JobAdmin jobAdmin;

    @Inject
    JobQueue queue;

    @Inject
    Pool pool;

    Tab admin;
    private boolean opened;

    /** Makes what the tests of the class need; once. */
    abstract void fill();

    /**
     * A tab is as it was after the log-in, whatever the test before has done. Only now, and not before all, is the port known.
     */
    @BeforeEach
    void desk() throws IOException {
        assumeTrue(
                Browser.installed().isPresent(),
                "no Chromium on this machine: install it (Debian: apt-get install chromium), or set CHROMIUM to its path");
        if (!opened) {
            opened = true;
            fill();
            admin = openAdmin();
        }
        assumeTrue(admin != null, "the deployment could not be filled, see the first test");
        admin.show("light", WIDTH, HEIGHT);
        admin.objections();
    }

    private static synchronized Tab openAdmin() throws IOException {
        if (shared == null) {
            shared = new Browser();
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "chromium-end"));
        }
        if (adminsTab == null) {
            adminsTab = loggedIn("admin");
        }
        return adminsTab;
    }

    static Tab newTab() {
        return shared.newTab();
    }

    static Tab loggedIn(String role) {
        Tab tab = newTab();
        tab.open(address("/console"));
        tab.press("API key");
        tab.write("#key", TestKeys.keyOf(role));
        tab.press("Log in");
        tab.await("document.documentElement.dataset.shown === '/console'");
        // A browser notes that nobody was logged in at first.
        tab.objections();
        return tab;
    }

    static String address(String path) {
        return "http://localhost:" + RestAssured.port + path;
    }

    /** Goes to a screen as a link would, and waits until it shows its data. */
    static void follow(Tab tab, String address) {
        tab.evaluate("(() => { delete document.documentElement.dataset.shown; history.pushState(null, '', "
                + Tab.quoted(address) + "); dispatchEvent(new PopStateEvent('popstate')); })()");
        tab.await("document.documentElement.dataset.shown === location.pathname");
    }

    static void learnAxe(Tab tab) {
        try (InputStream in = InBrowser.class.getResourceAsStream("/axe.min.js")) {
            tab.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a picture and notes what is wrong with a screen. */
    static void look(Tab tab, String name, String look, List<String> found) {
        boolean phone = look.equals("phone");
        boolean printed = look.equals("print");
        if (printed) {
            tab.showPrinted();
        } else {
            tab.show(phone ? "light" : look, phone ? 390 : WIDTH, phone ? 844 : HEIGHT);
        }
        String picture = name + "-" + look;
        tab.screenshot(PICTURES.resolve(picture + ".png"), README.contains(picture));
        if (tab.evaluate("document.documentElement.scrollWidth > innerWidth").asBoolean()) {
            found.add(name + " " + look + ": scrolls sideways");
        }
        if (printed) {
            note(found, picture, tab.evaluate(NOT_FOR_PAPER));
            return;
        }
        // Only the theme decides about colours, and only the width about the rest: each is looked at once.
        if (!look.equals("dark")) {
            note(found, picture, tab.evaluate(VIOLATIONS));
        }
        if (!phone) {
            note(found, picture, tab.evaluate(name.endsWith("overview") ? CONTRASTS_OF_ALL : CONTRASTS_WITHIN));
        }
    }

    private static void note(List<String> found, String picture, JsonNode violations) {
        violations.forEach(violation -> found.add(picture + ": " + violation.asText()));
    }

    // --- The deployment behind it ----------------------------------------------------------------------

    static <T> T get(Uni<T> uni) {
        return uni.await().atMost(SOON);
    }

    void sql(String statement) {
        get(pool.query(statement).execute());
    }

    long count(String statement) {
        return get(pool.query(statement).execute()).iterator().next().getLong(0);
    }

    String state(String id) {
        return get(queue.find(id)).map(JobView::state).map(Enum::name).orElse("GONE");
    }

    static String note(String text) {
        return "{\"text\":" + Tab.quoted(text) + ",\"ms\":1}";
    }

    static String enqueue(String type, String payload, Map<String, ?> options) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"payload\":" + payload + ",\"options\":" + JSON.valueToTree(options) + "}")
                .post("/api/jobs/" + type)
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");
    }

    static <T> T post(String path, String body, int status, String field) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then()
                .statusCode(status)
                .extract()
                .path(field);
    }

    QueueConsumer consumer(String name) {
        return consumers.open(policies.named(name), 0, Lane.MAIN, "test");
    }

    /** Claims what is next, which is this job. */
    static ClaimedJob claimed(QueueConsumer worker, String id) {
        List<ClaimedJob> jobs = get(worker.claim(1, Duration.ofSeconds(20)));
        assertThat(jobs).extracting(ClaimedJob::id).containsExactly(id);
        return jobs.get(0);
    }

    static final String STACK = "\n\tat io.penstock.worker.Handler.run(Handler.java:1)";

    /** Claims what is next, which is this job, and gives it up. */
    static String bury(QueueConsumer worker, String id, String why) {
        get(worker.bury(claimed(worker, id), why + STACK));
        return id;
    }
}
