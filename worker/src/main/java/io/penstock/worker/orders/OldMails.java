package io.penstock.worker.orders;

import io.penstock.common.orders.ShopMails;
import io.penstock.common.retention.OldData;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;

/** The shop's mails of long ago. As long as one is known there is no second one of its kind. */
@ApplicationScoped
class OldMails implements OldData {

    private final ShopMails mails;

    @Inject
    OldMails(ShopMails mails) {
        this.mails = mails;
    }

    @Override
    public String name() {
        return "shop-mails";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        return mails.forget(before, most);
    }
}
