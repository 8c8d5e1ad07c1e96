package io.penstock.common.offers;

import java.util.ArrayList;
import java.util.List;

/** A range of pages that one job reads, both ends included. */
record SweepChunk(int fromPage, int toPage) {

    /** The pages of a request in chunks of {@link OffersJobs#CHUNK_PAGES}, the last one maybe shorter. */
    static List<SweepChunk> cut(SweepRequest request) {
        List<SweepChunk> chunks = new ArrayList<>();
        for (int from = request.startPage(); from <= request.lastPage(); from += OffersJobs.CHUNK_PAGES) {
            chunks.add(new SweepChunk(from, Math.min(from + OffersJobs.CHUNK_PAGES - 1, request.lastPage())));
        }
        return chunks;
    }

    /** The same for the same pages, so that the queue refuses to hold two jobs for them. */
    String jobId() {
        return "full-" + fromPage + "-" + toPage;
    }
}
