package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Starts sweeps of the feed and tells how far they are. */
@ApplicationScoped
public class OfferSweeps {

    /** Cuts the pages into chunks and enqueues them; pages that are being read already are not read twice. */
    public Uni<SweepStart> start(SweepRequest request) {
        throw new UnsupportedOperationException("coming");
    }

    /** Empty when no sweep has this id. */
    public Uni<Optional<SweepProgress>> progress(String batchId) {
        throw new UnsupportedOperationException("coming");
    }
}
