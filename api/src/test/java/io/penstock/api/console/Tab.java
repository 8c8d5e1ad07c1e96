package io.penstock.api.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One tab of the {@link Browser}. Collects whatever a careful visitor would object to: errors in the console, what the
 * page's policy forbade, requests to other hosts, dialogs that a script opened.
 */
final class Tab {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MOST_PAGES = 5;

    /** Waits inside the page, so that a test goes on at once. */
    private static final String AWAIT =
            """
            new Promise((resolve, reject) => {
              const end = Date.now() + 30000;
              const look = () => {
                let found;
                try { found = (%s); } catch (error) { found = null; }
                if (found) resolve(true);
                else if (Date.now() > end) reject(new Error('waited in vain for: ' + %s + '; the page shows: ' + document.body.innerText.slice(0, 1500)));
                else setTimeout(look, 15);
              };
              look();
            })""";

    private final Browser browser;
    private final String session;
    private final Queue<String> objections = new ConcurrentLinkedQueue<>();
    private final Queue<String> requested = new ConcurrentLinkedQueue<>();
    private final ExecutorService answering = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "canned-answers");
        thread.setDaemon(true);
        return thread;
    });
    private UnaryOperator<@Nullable String> canned = path -> null;
    private String origin = "";

    Tab(Browser browser, String session) {
        this.browser = browser;
        this.session = session;
        browser.listen(session, this::take);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
        send(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of(
                        "source",
                        """
            document.addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));"""));
        send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
        send("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Taipei"));
        show("light", 1440, 900);
    }

    /** @param theme light or dark, as the system's choice */
    void show(String theme, int width, int height) {
        show("screen", theme, width, height);
    }

    /** On paper, printed from a dark screen: what is within the margins of A4, lengthwise, at 96 dots an inch. */
    void showPrinted() {
        show("print", "dark", 1_032, 703);
    }

    private void show(String medium, String theme, int width, int height) {
        boolean phone = width < 600;
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        send("Emulation.setTouchEmulationEnabled", Map.of("enabled", phone));
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "media",
                        medium,
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", theme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /**
     * From now on requests to the API are answered by this, not by the service: for pictures of a deployment in trouble, and
     * of screens full of data.
     *
     * @param answers of a path, without its query, the JSON; null: 404
     */
    void answerWith(UnaryOperator<@Nullable String> answers) {
        canned = answers;
        send("Fetch.enable", Map.of("patterns", List.of(Map.of("urlPattern", "*/api/*"))));
    }

    private void answer(JsonNode request) {
        String path = URI.create(request.path("request").path("url").asText()).getPath();
        String json = canned.apply(path);
        String body = json == null ? "{\"code\":\"not-found\",\"detail\":\"No resource has this address.\"}" : json;
        // Not on the thread that the answer to this comes in by.
        answering.execute(() -> send(
                "Fetch.fulfillRequest",
                Map.of(
                        "requestId",
                        request.path("requestId").asText(),
                        "responseCode",
                        json == null ? 404 : 200,
                        "responseHeaders",
                        List.of(Map.of("name", "Content-Type", "value", "application/json")),
                        "body",
                        Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)))));
    }

    void open(String url) {
        origin = url.replaceFirst("^(https?://[^/]+).*", "$1");
        send("Page.navigate", Map.of("url", url));
    }

    /** The value of an expression; promises are awaited. */
    JsonNode evaluate(String expression) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("expression", expression);
        parameters.put("awaitPromise", true);
        parameters.put("returnByValue", true);
        parameters.put("userGesture", true);
        JsonNode answer = send("Runtime.evaluate", parameters);
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(answer.path("exceptionDetails")
                    .path("exception")
                    .path("description")
                    .asText(answer.path("exceptionDetails").path("text").asText()));
        }
        return answer.path("result").path("value");
    }

    /** Until the expression is true. */
    void await(String expression) {
        for (int tries = 1; ; tries++) {
            try {
                evaluate(AWAIT.formatted(expression, quoted(expression)));
                return;
            } catch (IllegalStateException e) {
                // The page went while it waited: what is awaited is on the next one.
                if (tries == MOST_PAGES || !String.valueOf(e.getMessage()).contains("navigated")) {
                    throw e;
                }
            }
        }
    }

    /** Until the page shows a text. */
    void awaitText(String text) {
        await("document.body.innerText.includes(" + quoted(text) + ")");
    }

    String text() {
        return evaluate("document.body.innerText").asText();
    }

    /** Presses the first button, link or option with this text, or this label, that can be pressed. */
    void press(String text) {
        String find =
                """
                [...(document.querySelector('dialog[open]') ?? document).querySelectorAll('button, a[href], [role=option], input[type=checkbox], label')]
                  .find(each => !each.disabled && each.offsetParent !== null && (each.innerText?.trim() === %1$s || each.getAttribute('aria-label') === %1$s))"""
                        .formatted(quoted(text));
        await(find);
        evaluate(find + ".click()");
    }

    /** Presses a button or a switch in the table row, or the list entry, that shows this text. */
    void pressIn(String row, String text) {
        String find =
                """
                [...document.querySelectorAll('#main tr, #main li')].filter(each => each.innerText.includes(%1$s))
                  .flatMap(each => [...each.querySelectorAll('button, a[href], input[type=checkbox]')])
                  .find(each => !each.disabled && (each.innerText?.trim() === %2$s || each.getAttribute('aria-label') === %2$s))"""
                        .formatted(quoted(row), quoted(text));
        await(find);
        evaluate(find + ".click()");
    }

    /** Confirms the open dialog, once it allows that. */
    void submit() {
        String button = "document.querySelector('dialog[open] button[type=submit]:not(:disabled)')";
        await(button);
        evaluate(button + ".click()");
    }

    /** Writes into the field of this label, or the one with this selector. */
    void write(String selector, String text) {
        await("document.querySelector(" + quoted(selector) + ")");
        evaluate("(() => { const field = document.querySelector(" + quoted(selector)
                + "); field.focus(); field.select?.(); })()");
        send("Input.insertText", Map.of("text", text));
    }

    void key(String key) {
        for (String type : List.of("keyDown", "keyUp")) {
            Map<String, Object> parameters = new HashMap<>(Map.of("type", type, "key", key));
            if (key.length() == 1 && type.equals("keyDown")) {
                parameters.put("text", key);
            }
            if (key.equals("Enter")) {
                parameters.put("windowsVirtualKeyCode", 13);
                parameters.put("text", "\r");
            }
            send("Input.dispatchKeyEvent", parameters);
        }
    }

    void screenshot(Path file) {
        screenshot(file, false);
    }

    /**
     * The whole page, or as much of it as a person would scroll through.
     *
     * @param small takes time to make the file small
     */
    void screenshot(Path file, boolean small) {
        JsonNode size = evaluate(
                "({width: innerWidth, height: Math.min(2600, Math.max(innerHeight, document.documentElement.scrollHeight))})");
        // Whatever is fixed to an edge of the window stays at that edge.
        int height = size.path("height").asInt();
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", size.path("width").asInt(), "height", height, "deviceScaleFactor", 1, "mobile", false));
        evaluate("new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
        byte[] picture = Base64.getDecoder()
                .decode(send("Page.captureScreenshot", Map.of("format", "png", "optimizeForSpeed", !small))
                        .path("data")
                        .asText());
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was objected to since the last call. */
    List<String> objections() {
        List<String> all = List.copyOf(objections);
        objections.clear();
        return all;
    }

    /** Paths of the requests since the last call. */
    List<String> requested() {
        List<String> all = List.copyOf(requested);
        requested.clear();
        return all;
    }

    JsonNode send(String method, Map<String, ?> parameters) {
        return browser.send(session, method, parameters);
    }

    static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    private void take(JsonNode event) {
        JsonNode told = event.path("params");
        switch (event.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                objections.add("exception: "
                        + told.path("exceptionDetails")
                                .path("exception")
                                .path("description")
                                .asText());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(told.path("type").asText())) {
                    objections.add("console: " + told.path("args"));
                }
            }
            case "Log.entryAdded" -> {
                if (told.path("entry").path("level").asText().equals("error")) {
                    objections.add("log: " + told.path("entry").path("text").asText() + " "
                            + told.path("entry").path("url").asText());
                }
            }
            case "Network.requestWillBeSent" -> {
                String url = told.path("request").path("url").asText();
                if (url.startsWith("http") && !url.startsWith(origin)) {
                    objections.add("request leaves the host: " + url);
                }
                requested.add(url.replace(origin, ""));
            }
            case "Fetch.requestPaused" -> answer(told);
            case "Page.javascriptDialogOpening" -> {
                objections.add("a script ran: " + told.path("message").asText());
            }
            default -> {}
        }
    }
}
