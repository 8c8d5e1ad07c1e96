package io.penstock.api.offers;

import io.penstock.api.request.QueryParameters;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepRequest;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a trigger asks for: the high-priority fetch, or a sweep of pages.
 *
 * @param sweep empty: the high-priority fetch
 */
record CronRequest(Optional<SweepRequest> sweep) {

    static final int MAX_CONCURRENCY = 20;

    private static final String FETCH_BY_PRIORITY = "fetchByPriority";
    private static final String MAX_PAGES = "maxPages";
    private static final String CONCURRENCY = "concurrency";
    private static final String STATUS = "status";
    private static final String START_PAGE = "startPage";
    private static final List<String> STATUSES =
            Arrays.stream(OfferStatus.values()).map(OfferStatus::wire).toList();

    /** Fails with a problem that says what is wrong and what is allowed. */
    static CronRequest of(MultivaluedMap<String, String> query) {
        QueryParameters parameters =
                QueryParameters.of(query, FETCH_BY_PRIORITY, MAX_PAGES, CONCURRENCY, STATUS, START_PAGE);
        return parameters.has(FETCH_BY_PRIORITY) ? highFetch(parameters) : sweep(parameters);
    }

    private static CronRequest highFetch(QueryParameters parameters) {
        parameters.oneOf(FETCH_BY_PRIORITY, List.of("HIGH"), "");
        for (String other : List.of(MAX_PAGES, CONCURRENCY, STATUS, START_PAGE)) {
            if (parameters.has(other)) {
                throw QueryParameters.invalid(other, other + ": must not be given together with " + FETCH_BY_PRIORITY);
            }
        }
        return new CronRequest(Optional.empty());
    }

    private static CronRequest sweep(QueryParameters parameters) {
        if (!parameters.has(MAX_PAGES)) {
            throw QueryParameters.invalid(
                    MAX_PAGES,
                    "give either fetchByPriority=HIGH, or maxPages from 1 to " + OffersJobs.MAX_PAGES
                            + " with concurrency, status and startPage as needed");
        }
        int maxPages = parameters.number(MAX_PAGES, 1, OffersJobs.MAX_PAGES, 1);
        int concurrency = parameters.number(CONCURRENCY, 1, MAX_CONCURRENCY, OffersJobs.DEFAULT_CONCURRENCY);
        int startPage = parameters.number(START_PAGE, 1, OffersJobs.MAX_PAGES, 1);
        String status = parameters.oneOf(STATUS, STATUSES, OfferStatus.ACTIVE.wire());
        if (startPage + maxPages - 1 > OffersJobs.MAX_PAGES) {
            throw QueryParameters.invalid(
                    MAX_PAGES,
                    "maxPages: the last page would be " + (startPage + maxPages - 1) + ", must be at most "
                            + OffersJobs.MAX_PAGES);
        }
        return new CronRequest(Optional.of(new SweepRequest(startPage, maxPages, concurrency, status)));
    }
}
