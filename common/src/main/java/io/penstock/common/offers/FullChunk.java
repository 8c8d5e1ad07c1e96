package io.penstock.common.offers;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * Payload of {@link OffersJobs#FULL_CHUNK}: some pages of one sweep.
 *
 * @param sweepId the sweep (batch) the pages belong to; see {@link OfferSweeps}
 * @param fromPage first page, from 1
 * @param toPage last page, included
 * @param concurrency pages read at once; a worker may hold it lower
 * @param status the feed lists offers of this status alone, such as {@code Active}
 */
public record FullChunk(
        @NotBlank @Size(max = 64) String sweepId,
        @Min(1) @Max(OffersJobs.LAST_PAGE) int fromPage,
        @Min(1) @Max(OffersJobs.LAST_PAGE) int toPage,
        @Min(1) @Max(OffersJobs.MAX_CONCURRENCY) int concurrency,
        @NotNull @Pattern(regexp = OfferStatus.WIRE_PATTERN, message = OfferStatus.WIRE_MESSAGE) String status) {

    /** Its name makes the message name the field {@code toPage}. */
    @AssertTrue(message = "toPage must be fromPage or up to 119 pages behind it")
    boolean isToPage() {
        return toPage >= fromPage && toPage - fromPage < OffersJobs.MAX_PAGES;
    }
}
