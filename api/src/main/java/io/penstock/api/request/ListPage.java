package io.penstock.api.request;

import io.penstock.common.page.PageCursor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, as a request asks for it: {@code limit} rows behind the place that the page before answered with.
 *
 * @param parameter the name by which the place comes
 * @param list which list it is; a place belongs to one
 * @param question its filters; a place belongs to equal ones
 */
public record ListPage(QueryParameters parameters, String parameter, String list, Object question, int limit) {

    /** Names of the parameters that many lists have, described once in the OpenAPI document; for {@code @Parameter(ref = …)}. */
    public static final String LIMIT = "limit";

    public static final String AFTER = "after";
    public static final String BEFORE = "before";

    public static final int MOST = 200;
    public static final int DEFAULT = 50;

    /** A page that is asked for with {@value #AFTER}. */
    public static ListPage after(QueryParameters parameters, String list, Object question) {
        return of(parameters, AFTER, list, question);
    }

    /** A page that is asked for with {@value #BEFORE}. */
    public static ListPage before(QueryParameters parameters, String list, Object question) {
        return of(parameters, BEFORE, list, question);
    }

    /** As {@link #after(QueryParameters, String, Object)}, for a list of other bounds. */
    public static ListPage after(QueryParameters parameters, String list, Object question, int most, int whenAbsent) {
        return new ListPage(parameters, AFTER, list, question, parameters.limit(most, whenAbsent));
    }

    private static ListPage of(QueryParameters parameters, String parameter, String list, Object question) {
        return new ListPage(parameters, parameter, list, question, parameters.limit(MOST, DEFAULT));
    }

    /** Behind what the page begins; empty: it is the first one. Fails with the problem that callers are told. */
    public <T> Optional<T> start(Function<PageCursor, T> read) {
        return parameters.cursor(parameter, list, question, read);
    }

    /** Where the next page begins; null: there is none. */
    public <T> @Nullable String next(List<T> found, Function<T, PageCursor> place) {
        return found.size() < limit
                ? null
                : place.apply(found.get(found.size() - 1)).encode(list, question);
    }
}
