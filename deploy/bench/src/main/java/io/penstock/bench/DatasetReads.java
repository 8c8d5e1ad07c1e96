package io.penstock.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One user of the API over HTTP: every read that the OpenAPI document has, some of them with the filters that people use. */
final class DatasetReads {

    /** How one read was answered. */
    record Measured(String path, double p50, double p99, double most) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int BAD = 400;
    private static final int WARM_UP = 5;
    /** They last for ever, wait for something, or are for browsers. */
    private static final Set<String> NOT_MEASURED = Set.of("/api/events");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();
    private final String address;
    private final String key;

    DatasetReads(int port, String key) {
        this.address = "http://127.0.0.1:" + port;
        this.key = key;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + key);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BenchException(request.uri() + " is not answered: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    JsonNode get(String path) {
        return answer(send(request(path).GET().build()), path);
    }

    JsonNode post(String path, String body) {
        return answer(
                send(request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build()),
                path);
    }

    private static JsonNode answer(HttpResponse<String> answer, String path) {
        if (answer.statusCode() >= BAD) {
            throw new BenchException(path + " answers " + answer.statusCode() + ": " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new BenchException(path + " answers no JSON: " + e.getOriginalMessage());
        }
    }

    /** Paths of all reads, with the ids of things that are there. */
    List<String> paths() {
        Set<String> paths = new TreeSet<>();
        get("/q/openapi?format=json").path("paths").properties().forEach(path -> {
            if (path.getValue().has("get") && !NOT_MEASURED.contains(path.getKey())) {
                String filled = filled(path.getKey());
                if (filled != null && send(request(filled).GET().build()).statusCode() == OK) {
                    paths.add(filled);
                }
            }
        });
        List<String> all = new ArrayList<>(paths);
        for (String path : filtered()) {
            get(path);
            all.add(path);
        }
        return all;
    }

    private @Nullable String filled(String path) {
        String filled = path.replace("{queue}", DatasetFill.WAITING);
        if (filled.startsWith("/api/jobs/") || filled.startsWith("/api/history/")) {
            filled = filled.replace("{id}", encoded(idOf("waiting"))).replace("{jobId}", "old-7");
        }
        return filled.contains("{") ? null : filled;
    }

    private List<String> filtered() {
        List<String> paths = new ArrayList<>();
        for (String state : List.of("active", "waiting", "scheduled", "dead", "completed", "failed")) {
            paths.add("/api/jobs?state=" + state);
            paths.add("/api/jobs?limit=100&payload=true&state=" + state);
        }
        for (String state : List.of("active", "scheduled", "dead")) {
            paths.add("/api/jobs/" + encoded(idOf(state)));
            paths.add("/api/jobs/" + encoded(idOf(state)) + "/waiting");
        }
        paths.addAll(List.of(
                "/api/jobs?queue=" + DatasetFill.WAITING + "&state=waiting",
                "/api/jobs?type=diagnostics.sleep",
                "/api/jobs?state=completed&tenant=tenant-20&type=diagnostics.sleep",
                "/api/jobs?state=completed&tag=nightly",
                "/api/jobs?state=dead&error=tray",
                "/api/jobs?state=failed&error=answered",
                "/api/jobs?state=completed&payload.ms=7",
                "/api/jobs?state=waiting&payload.ms=77777777",
                "/api/jobs?state=waiting&text=nowhere-to-be-found",
                "/api/jobs?state=completed&text=nowhere-to-be-found",
                "/api/jobs?tenant=nobody",
                "/api/jobs?state=dead&fingerprint=00000000deadbeef",
                "/api/jobs/errors?state=failed",
                "/api/history?queue=" + DatasetFill.DEAD + "&state=dead",
                "/api/history?tenant=tenant-20",
                "/api/history?error=upstream",
                "/api/history/errors",
                "/api/overview/series?window=7d",
                "/api/overview/series?window=24h&queue=" + DatasetFill.WAITING));
        return paths;
    }

    private String idOf(String state) {
        JsonNode jobs = get("/api/jobs?limit=1&state=" + state).path("jobs");
        return jobs.isEmpty() ? "none" : jobs.get(0).path("id").asText();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Measured measure(String path, int times) {
        HttpRequest request = request(path).GET().build();
        for (int i = 0; i < WARM_UP; i++) {
            send(request);
        }
        Latencies latencies = new Latencies();
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            int status = send(request).statusCode();
            latencies.add(System.nanoTime() - begun);
            if (status >= BAD) {
                throw new BenchException(path + " answers " + status);
            }
        }
        return new Measured(path, latencies.millisAt(50), latencies.millisAt(99), latencies.millisAt(100));
    }

    /** Asks for these again and again, so many in a second, until told not to. */
    Thread askOnAndOn(List<String> paths, double perSecond, AtomicBoolean open) {
        Thread thread = new Thread(
                () -> {
                    long next = System.nanoTime();
                    for (int i = 0; open.get(); i++) {
                        send(request(paths.get(i % paths.size())).GET().build());
                        next += (long) (Duration.ofSeconds(1).toNanos() / perSecond);
                        LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
                    }
                },
                "reader");
        thread.start();
        return thread;
    }

    /** Listens to the live feed, and reads all that it says, until the process ends or the stream is closed. */
    Thread listen(AtomicBoolean open) {
        Thread thread = new Thread(
                () -> {
                    try (InputStream events = http.send(
                                    HttpRequest.newBuilder(URI.create(address + "/api/events"))
                                            .header("Authorization", "Bearer " + key)
                                            .header("Accept", "text/event-stream")
                                            .build(),
                                    HttpResponse.BodyHandlers.ofInputStream())
                            .body()) {
                        byte[] part = new byte[8_192];
                        while (open.get() && events.read(part) >= 0) {
                            // What is said is not measured; that it is taken is.
                        }
                    } catch (IOException e) {
                        if (open.get()) {
                            System.err.println("a live feed broke off: " + e);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "listener");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
