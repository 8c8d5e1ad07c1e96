package io.penstock.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Supplier;

/** A process of Penstock that has been started; can be started again after it died. */
final class RunningDeployable {

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final Supplier<ChildProcess> start;
    private final int port;
    private final HttpClient http;
    private volatile ChildProcess process;

    RunningDeployable(Supplier<ChildProcess> start, int port, HttpClient http) {
        this.start = start;
        this.port = port;
        this.http = http;
        this.process = start.get();
    }

    ChildProcess process() {
        return process;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Same port, same settings. */
    void startAgain() {
        process = start.get();
    }

    /** Returns once it says that it is ready; fails with the end of its log when it dies or takes too long. */
    void awaitReady() {
        process.awaitReady(this::isReady, START);
    }

    private boolean isReady() {
        HttpRequest question = HttpRequest.newBuilder(url().resolve("/q/health/ready"))
                .timeout(ANSWER)
                .build();
        try {
            return http.send(question, BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted", e);
        }
    }
}
