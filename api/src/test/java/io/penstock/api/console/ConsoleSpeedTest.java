package io.penstock.api.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the console of a deployment that runs elsewhere, such as {@code deploy/bench/dataset --hold 60}: cold first paint, changes
 * of the screen, and the memory of a tab that is left open.
 *
 * <p>{@code ./mvnw test -pl api -am -Dtest=ConsoleSpeedTest -Dpenstock.console.address=http://localhost:8080
 * -Dpenstock.console.key=… -Dpenstock.console.minutes=10}
 */
@EnabledIfSystemProperty(named = "penstock.console.address", matches = "http.+")
class ConsoleSpeedTest {

    private static final Logger LOG = Logger.getLogger(ConsoleSpeedTest.class);
    private static final String ADDRESS = System.getProperty("penstock.console.address", "");
    private static final String KEY = System.getProperty("penstock.console.key", "");
    private static final Duration LEFT_OPEN = Duration.ofMinutes(Integer.getInteger("penstock.console.minutes", 1));
    private static final int COLD = 7;
    private static final int ROUNDS = 7;
    private static final List<String> SCREENS = List.of(
            "/console/queues",
            "/console/queues/notification",
            "/console/jobs",
            "/console/jobs?state=dead",
            "/console/jobs?state=waiting",
            "/console/batches",
            "/console/schedules",
            "/console/workers",
            "/console/flow",
            "/console/cache",
            "/console/health",
            "/console/alerts",
            "/console/audit",
            "/console");

    /** Each with a browser and a profile that have never seen the console. */
    @Test
    void firstPaint() throws IOException {
        List<Integer> painted = new ArrayList<>();
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < COLD; i++) {
            try (Browser browser = new Browser()) {
                Tab tab = overview(browser);
                shown.add(tab.evaluate("performance.now()").asInt());
                painted.add(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                        .asInt());
            }
        }
        LOG.infof("first paint, ms: %s; with its data: %s", sorted(painted), sorted(shown));
    }

    @Test
    void changesOfTheScreen() throws IOException {
        try (Browser browser = new Browser()) {
            Tab tab = overview(browser);
            Map<String, List<Integer>> times = new LinkedHashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (String screen : SCREENS) {
                    times.computeIfAbsent(screen, each -> new ArrayList<>())
                            .add(change(tab, screen).asInt());
                }
            }
            times.forEach((screen, all) -> LOG.infof("%s: %s ms", screen, sorted(all)));
        }
    }

    /** Until the screen has its data. */
    private static JsonNode change(Tab tab, String screen) {
        return tab.evaluate(
                """
                (async () => {
                  const begin = performance.now();
                  delete document.documentElement.dataset.shown;
                  history.pushState(null, '', %s);
                  dispatchEvent(new PopStateEvent('popstate'));
                  while (document.documentElement.dataset.shown !== location.pathname) await new Promise(resolve => setTimeout(resolve, 1));
                  await new Promise(resolve => requestAnimationFrame(resolve));
                  return performance.now() - begin;
                })()"""
                        .formatted(Tab.quoted(screen)));
    }

    /** On the overview, live, while whatever goes on there goes on. */
    @Test
    void memoryOfATabLeftOpen() throws Exception {
        try (Browser browser = new Browser()) {
            Tab tab = overview(browser);
            Instant end = Instant.now().plus(LEFT_OPEN);
            List<String> heap = new ArrayList<>();
            while (Instant.now().isBefore(end)) {
                TimeUnit.SECONDS.sleep(30);
                tab.send("HeapProfiler.collectGarbage", Map.of());
                long used = tab.send("Runtime.getHeapUsage", Map.of())
                        .path("usedSize")
                        .asLong();
                long nodes =
                        tab.evaluate("document.querySelectorAll('*').length").asLong();
                heap.add("%.2f MB, %d elements, %d requests"
                        .formatted(used / 1e6, nodes, tab.requested().size()));
            }
            LOG.infof("after each 30 s: %s", heap);
        }
    }

    /** The key lies where a log-in would put it, so that the overview is the first page that this browser ever loads. */
    private static Tab overview(Browser browser) {
        Tab tab = browser.newTab();
        tab.send(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of(
                        "source",
                        "try { sessionStorage.setItem('penstock.key', " + Tab.quoted(KEY)
                                + "); } catch { /* no page yet */ }"));
        tab.open(ADDRESS + "/console");
        tab.await("document.documentElement.dataset.shown === '/console'"
                + " && performance.getEntriesByName('first-contentful-paint').length");
        return tab;
    }

    private static List<Integer> sorted(List<Integer> all) {
        return all.stream().sorted().toList();
    }
}
