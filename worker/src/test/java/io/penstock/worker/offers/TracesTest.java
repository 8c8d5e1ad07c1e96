package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.offers.HighFetch;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.outbox.Outbox;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One trace, from whoever enqueues to what a handler calls. */
@Tag("quarkus")
@QuarkusTest
class TracesTest extends OffersTest {

    private static final JobOptions QUICK_RETRY =
            JobOptions.DEFAULT.withAttempts(2).withRetry(RetryPolicy.fixed(Duration.ofMillis(20)));

    /** Where the application sends its spans. */
    static class Exporter {

        @Produces
        @Singleton
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }

    @Inject
    InMemorySpanExporter exporter;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    Outbox outbox;

    @Inject
    Vertx vertx;

    private Span tracing(Runnable action) {
        Span span =
                telemetry.getTracer("test").spanBuilder("caller").setNoParent().startSpan();
        try (Scope ignored = span.makeCurrent()) {
            action.run();
        } finally {
            span.end();
        }
        return span;
    }

    private List<SpanData> spansOf(Span caller, int atLeast) {
        await().atMost(Duration.ofSeconds(20)).until(() -> ofTrace(caller).size() >= atLeast);
        return ofTrace(caller);
    }

    private List<SpanData> ofTrace(Span caller) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(caller.getSpanContext().getTraceId()))
                .filter(span -> !span.getName().equals("caller"))
                .toList();
    }

    private static SpanData named(List<SpanData> spans, String name) {
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneTraceGoesThroughTheQueueToTheUpstream() {
        sql("INSERT INTO conversion_list (offer_id) VALUES ('a')");
        feed.offer("a", "\"status\":\"Active\",\"last_conv\":\"5m\"");

        Span caller = tracing(() -> get(jobs.enqueue(OffersJobs.HIGH_FETCH, new HighFetch())));

        await().atMost(Duration.ofSeconds(20)).until(() -> ofTrace(caller).stream()
                .anyMatch(span -> span.getName().startsWith("process ")));
        List<SpanData> spans = ofTrace(caller);
        SpanData attempt = named(spans, "process " + OffersJobs.HIGH_FETCH.name());
        assertThat(attempt.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(attempt.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(attempt.getAttributes().get(AttributeKey.stringKey("penstock.job.outcome")))
                .isEqualTo("completed");
        SpanData call = spans.stream()
                .filter(span -> span.getKind() == SpanKind.CLIENT
                        && span.getAttributes().get(AttributeKey.stringKey("url.full")) != null)
                .findFirst()
                .orElseThrow();
        assertThat(call.getParentSpanId()).isEqualTo(attempt.getSpanId());
        assertThat(call.toString()).doesNotContain("s3cret");
        assertThat(feed.asked().get(0).traceParent())
                .startsWith("00-" + caller.getSpanContext().getTraceId() + "-" + call.getSpanId());
    }

    @Test
    void everyAttemptIsASpanOfTheTraceAndItsLinesNameIt() {
        List<String> traced = new CopyOnWriteArrayList<>();
        Handler lines = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLoggerName().equals("io.penstock.jobs")) {
                    traced.add(MDC.get("traceId") + " " + MDC.get("jobType"));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.penstock.jobs");
        logger.addHandler(lines);
        try {
            Span caller = tracing(() -> get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(2, false), QUICK_RETRY)));

            List<SpanData> attempts = spansOf(caller, 2);
            assertThat(attempts).hasSize(2).allSatisfy(span -> {
                assertThat(span.getParentSpanId())
                        .isEqualTo(caller.getSpanContext().getSpanId());
                assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            });
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(traced)
                    .filteredOn((caller.getSpanContext().getTraceId() + " diagnostics.fail")::equals)
                    .hasSize(2));
        } finally {
            logger.removeHandler(lines);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // as long as the context
    @Test
    void aJobOfATransactionStaysInTheTraceOfItsTransaction() {
        Span caller =
                telemetry.getTracer("test").spanBuilder("caller").setNoParent().startSpan();
        CompletableFuture<String> enqueued = new CompletableFuture<>();
        EventLoopContext request = EventLoopContext.create(vertx).newIsolated();
        request.runOnContext(turn -> {
            caller.makeCurrent();
            pool.withTransaction(transaction ->
                            outbox.enqueue(transaction, DiagnosticsJobs.FAIL, new Fail(2, false), QUICK_RETRY))
                    .subscribe()
                    .with(enqueued::complete, enqueued::completeExceptionally);
        });
        assertThat(enqueued).succeedsWithin(Duration.ofSeconds(10));

        assertThat(spansOf(caller, 2)).extracting(SpanData::getName).contains("process diagnostics.fail");
    }
}
