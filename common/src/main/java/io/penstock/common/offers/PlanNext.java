package io.penstock.common.offers;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Payload of {@link OffersJobs#PLAN_NEXT}: the scheduled round over the feed, some pages at a time.
 *
 * @param pages how many pages to take now
 * @param maxPages the round starts again after this page, or after the feed's last page where that is earlier
 */
public record PlanNext(@Min(1) @Max(OffersJobs.MAX_PAGES) int pages, @Min(1) @Max(OffersJobs.MAX_PAGES) int maxPages) {}
