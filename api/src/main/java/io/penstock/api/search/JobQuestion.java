package io.penstock.api.search;

import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Scope;
import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.history.HistoryFilter;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCipher;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are looked for; what is empty is not asked about, what is there is joined by "and".
 *
 * @param state empty: any
 * @param jobId exact
 * @param text part of the error or the payload, upper or lower case
 * @param payload values that the payload has to have
 * @param from of the time that the list is ordered by
 * @param to the first instant after it
 * @param withPayload the answer is to hold payloads
 */
record JobQuestion(
        Optional<ListState> state,
        Optional<String> jobId,
        Optional<String> type,
        Optional<String> queue,
        Optional<String> tenant,
        Optional<String> group,
        Optional<String> tag,
        Optional<String> fingerprint,
        Optional<String> error,
        Optional<String> text,
        List<HistorySearch.PayloadValue> payload,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean withPayload) {

    static final int MAX_LIMIT = 100;
    static final int DEFAULT_LIMIT = 50;
    private static final int MAX_VALUES = 5;
    private static final int MAX_DEPTH = 10;
    private static final int MAX_VALUE = 500;
    private static final String PAYLOAD = "payload.";

    private static final List<String> KNOWN = List.of(
            "state",
            "id",
            "type",
            "queue",
            "tenant",
            "group",
            "tag",
            "fingerprint",
            "error",
            "text",
            "from",
            "to",
            "limit",
            "cursor",
            "payload");

    /** Reads the parameters of a request; payload values come as {@code payload.<path>=<value>}. */
    static QueryParameters parameters(MultivaluedMap<String, String> given) {
        List<String> known = new ArrayList<>(KNOWN);
        new TreeSet<>(given.keySet())
                .stream().filter(name -> name.startsWith(PAYLOAD)).forEach(known::add);
        return QueryParameters.of(given, known.toArray(String[]::new));
    }

    static JobQuestion of(QueryParameters parameters, MultivaluedMap<String, String> given) {
        return new JobQuestion(
                        state(parameters),
                        parameters.storable("id", HistoryFilter.MAX_TEXT),
                        parameters.storable("type", HistoryFilter.MAX_TEXT),
                        parameters.storable("queue", HistoryFilter.MAX_TEXT),
                        parameters.storable("tenant", HistoryFilter.MAX_TEXT),
                        parameters.storable("group", HistoryFilter.MAX_TEXT),
                        parameters.storable("tag", HistoryFilter.MAX_TEXT),
                        fingerprint(parameters),
                        part(parameters, "error"),
                        part(parameters, "text"),
                        payloadValues(parameters, given),
                        parameters.time("from"),
                        parameters.time("to"),
                        parameters
                                .oneOf("payload", List.of("true", "false"), "false")
                                .equals("true"))
                .checked();
    }

    /** The same, but nothing beyond what a caller reaches. Fails with the problem that callers are told. */
    JobQuestion within(Scope scope) {
        scope.requireNamed(queue);
        return new JobQuestion(
                state,
                jobId,
                type,
                queue,
                scope.tenantWithin(tenant),
                group,
                tag,
                fingerprint,
                error,
                text,
                payload,
                from,
                to,
                withPayload);
    }

    private JobQuestion checked() {
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw QueryParameters.invalid("from", "from: must be before 'to'");
        }
        return this;
    }

    private static Optional<ListState> state(QueryParameters parameters) {
        return parameters.has("state")
                ? Optional.of(ListState.of(parameters.oneOf("state", ListState.words(), "")))
                : Optional.empty();
    }

    private static Optional<String> part(QueryParameters parameters, String name) {
        Optional<String> text = parameters.storable(name, HistoryFilter.MAX_TEXT);
        text.ifPresent(value -> {
            if (value.strip().length() < HistoryFilter.MIN_ERROR) {
                throw QueryParameters.invalid(
                        name, name + ": must be at least " + HistoryFilter.MIN_ERROR + " characters");
            }
        });
        return text;
    }

    private static Optional<String> fingerprint(QueryParameters parameters) {
        Optional<String> given = parameters.storable("fingerprint", HistoryFilter.MAX_TEXT);
        given.ifPresent(ErrorGroupsResource::checkedFingerprint);
        return given;
    }

    private static List<HistorySearch.PayloadValue> payloadValues(
            QueryParameters parameters, MultivaluedMap<String, String> given) {
        List<HistorySearch.PayloadValue> values = new ArrayList<>();
        for (String name : new TreeSet<>(given.keySet())) {
            if (name.startsWith(PAYLOAD)) {
                values.add(payloadValue(name, parameters.text(name).orElse("")));
            }
        }
        if (values.size() > MAX_VALUES) {
            throw QueryParameters.invalid("payload", "payload.<path>: at most " + MAX_VALUES + " at once");
        }
        return values;
    }

    private static HistorySearch.PayloadValue payloadValue(String name, String value) {
        List<String> path = Arrays.asList(name.substring(PAYLOAD.length()).split("\\.", -1));
        if (path.size() > MAX_DEPTH
                || name.length() > HistoryFilter.MAX_TEXT
                || path.stream().anyMatch(String::isBlank)) {
            throw QueryParameters.invalid(
                    "payload.<path>", "payload.<path>: must be 1 to " + MAX_DEPTH + " names with dots between them");
        }
        if (value.length() > MAX_VALUE) {
            throw QueryParameters.invalid(name, name + ": must be at most " + MAX_VALUE + " characters");
        }
        QueryParameters.requireNoNul("payload.<path>", name + value);
        return new HistorySearch.PayloadValue(path, value);
    }

    /** Whether anything but queue and state is asked about. */
    boolean isFiltered() {
        return jobId.isPresent()
                || type.isPresent()
                || tenant.isPresent()
                || group.isPresent()
                || tag.isPresent()
                || fingerprint.isPresent()
                || error.isPresent()
                || needsPayload()
                || from.isPresent()
                || to.isPresent();
    }

    boolean needsPayload() {
        return text.isPresent() || !payload.isEmpty();
    }

    /** Whether a live job is meant, besides its state and queue. Compares what callers may see of the payload. */
    boolean matches(JobView job, @Nullable Instant at) {
        return jobId.map(id -> id.equals(job.id())).orElse(true)
                && queue.map(name -> name.equals(job.queue())).orElse(true)
                && type.map(name -> name.equals(job.type())).orElse(true)
                && (tenant.isEmpty() || tenant.equals(job.labels().tenant()))
                && (group.isEmpty() || group.equals(job.labels().group()))
                && tag.map(word -> job.labels().tags().contains(word)).orElse(true)
                && from.map(time -> at != null && !at.isBefore(time)).orElse(true)
                && to.map(time -> at != null && at.isBefore(time)).orElse(true)
                && error.map(part -> contains(job.error(), part)).orElse(true)
                && fingerprint
                        .map(wanted -> job.error() != null && wanted.equals(ErrorFingerprint.of(job.error())))
                        .orElse(true)
                && matchesPayload(job);
    }

    private boolean matchesPayload(JobView job) {
        if (!needsPayload()) {
            return true;
        }
        String visible = PayloadCipher.redacted(job.payload());
        return text.map(part -> contains(job.error(), part) || contains(visible, part))
                        .orElse(true)
                && PayloadMatch.hasAll(visible, payload);
    }

    private static boolean contains(@Nullable String whole, String part) {
        return whole != null && whole.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    /** Where a list by time may begin, in epoch ms; empty: at its beginning. */
    String beginning(JobBrowser.Shelf shelf) {
        if (!shelf.isByTime()) {
            return "";
        }
        return shelf.isLatestFirst()
                ? to.map(time -> Long.toString(time.toEpochMilli())).orElse("")
                : from.map(time -> Long.toString(time.toEpochMilli())).orElse("");
    }

    /** Whether a list by time has nothing more that is meant from there on. */
    boolean isBeyond(JobBrowser.Shelf shelf, long atMs) {
        return shelf.isByTime()
                && (shelf.isLatestFirst()
                        ? from.map(time -> atMs < time.toEpochMilli()).orElse(false)
                        : to.map(time -> atMs >= time.toEpochMilli()).orElse(false));
    }
}
