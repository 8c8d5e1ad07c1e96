package io.penstock.api.request;

import io.penstock.api.problem.Problem;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.problem.RouteFailures;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Refuses bodies over {@code quarkus.http.limits.max-body-size}, or of no valid text where it is to be text, with a problem document. The framework enforces the same
 * limit with an empty answer; this comes first. A body of declared length is refused unread; one sent in chunks is read
 * up to the limit and no further.
 */
@Provider
@ApplicationScoped
public class BodyLimit implements ReaderInterceptor {

    /** Before the framework's own check, which has order -2. */
    private static final int BEFORE_FRAMEWORK = -3;

    /** After it, and before any resource. */
    private static final int AFTER_FRAMEWORK = -1;

    private static final int DECODED_AT_ONCE = 4_096;

    private final long limitBytes;
    private final RouteFailures failures;

    @Inject
    public BodyLimit(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize limit, RouteFailures failures) {
        this.limitBytes = limit.asLongValue();
        this.failures = failures;
    }

    void register(@Observes Router router) {
        router.route().order(BEFORE_FRAMEWORK).handler(this::refuseDeclared);
        // The reader below counts chunked bodies itself; the framework would cut the answer off without a body.
        router.route().order(AFTER_FRAMEWORK).handler(context -> {
            context.remove(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY);
            context.next();
        });
    }

    private void refuseDeclared(RoutingContext context) {
        String declared = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (declared == null || Long.parseLong(declared) <= limitBytes) {
            context.next();
            return;
        }
        // The body is still under way: nothing but the end of the connection stops it.
        context.response().putHeader(HttpHeaders.CONNECTION, "close");
        context.response().endHandler(end -> context.request().connection().close());
        failures.send(context, tooLarge());
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        byte[] body = context.getInputStream().readNBytes((int) Math.min(limitBytes + 1, Integer.MAX_VALUE - 8));
        if (body.length > limitBytes) {
            throw new ProblemException(tooLarge(), Map.of("Connection", "close"));
        }
        if (isText(context.getMediaType()) && !isUtf8(body)) {
            throw ProblemException.of(ProblemCode.MALFORMED_JSON, "The body is not valid UTF-8.");
        }
        context.setInputStream(new ByteArrayInputStream(body));
        return context.proceed();
    }

    /** Pictures are no text; the calls that take them look at what they begin with. */
    private static boolean isText(MediaType type) {
        return !"image".equals(type.getType());
    }

    /** Strictly, as the JSON reader is not: it takes over-long forms and guesses UTF-16 and UTF-32. */
    private static boolean isUtf8(byte[] body) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(body.length + 1, DECODED_AT_ONCE));
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        return !result.isError();
    }

    private Problem tooLarge() {
        return Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is larger than " + limitBytes + " bytes.");
    }
}
