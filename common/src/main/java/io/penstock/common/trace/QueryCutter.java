package io.penstock.common.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Cuts the query out of the addresses that spans name: tokens of upstreams and values of payloads are in there, and traces
 * go to places that must not learn of them.
 */
@ApplicationScoped
public class QueryCutter implements SpanProcessor {

    private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> QUERY = AttributeKey.stringKey("url.query");

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        String url = span.getAttribute(URL);
        int at = url == null ? -1 : url.indexOf('?');
        if (url != null && at >= 0) {
            span.setAttribute(URL, url.substring(0, at));
        }
        if (span.getAttribute(QUERY) != null) {
            span.setAttribute(QUERY, "");
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // Nothing is left to do.
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
