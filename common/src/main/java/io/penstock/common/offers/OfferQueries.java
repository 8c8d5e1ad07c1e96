package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/** The questions that can be asked about stored offers. Every answer is bounded. */
@ApplicationScoped
public class OfferQueries {

    @SuppressWarnings("UnusedVariable")
    private final Pool pool;

    @Inject
    public OfferQueries(Pool pool) {
        this.pool = pool;
    }

    public Uni<OfferPage> list(OfferQuery query) {
        throw new UnsupportedOperationException("coming");
    }

    public Uni<Optional<Offer>> find(String offerId) {
        throw new UnsupportedOperationException("coming");
    }

    /** Empty when the offer is not known. */
    public Uni<Optional<OfferHistory>> history(HistoryQuery query) {
        throw new UnsupportedOperationException("coming");
    }
}
