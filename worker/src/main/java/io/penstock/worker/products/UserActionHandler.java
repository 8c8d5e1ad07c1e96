package io.penstock.worker.products;

import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Item;
import io.penstock.common.products.Items;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductUsers;
import io.penstock.common.products.SyncProductData;
import io.penstock.common.products.UserAction;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Notes that a user is active, which makes the updates of what the user tracks more urgent; a refresh is one at once. */
@ApplicationScoped
class UserActionHandler implements JobHandler<UserAction> {

    private static final int AT_ONCE = 10;
    private static final String REFRESH = "refresh";

    private final ProductUsers users;
    private final Items items;

    @Inject
    UserActionHandler(ProductUsers users, Items items) {
        this.users = users;
        this.items = items;
    }

    @Override
    public JobType<UserAction> type() {
        return ProductJobs.USER_ACTION;
    }

    @Override
    public Uni<Outcome> handle(UserAction payload, JobContext context) {
        return users.seen(payload.userId()).chain(known -> {
            if (!known) {
                return Uni.createFrom().item(Outcome.fail("no user has the id " + payload.userId()));
            }
            Long trackedId = payload.trackedId();
            return payload.action().equals(REFRESH) && trackedId != null
                    ? refresh(payload.userId(), trackedId)
                    : Uni.createFrom().item(Outcome.completed());
        });
    }

    private Uni<Outcome> refresh(long userId, long trackedId) {
        return users.itemOf(userId, trackedId)
                .chain(itemId -> itemId.isEmpty()
                        ? Uni.createFrom()
                                .item(Outcome.fail("user " + userId + " tracks no product with the id " + trackedId))
                        : items.find(itemId.get()).map(item -> item.map(UserActionHandler::readNow)
                                .orElseGet(Outcome::completed)));
    }

    private static Outcome readNow(Item item) {
        return Outcome.completedThen(
                null,
                new FollowUp<>(
                        ProductJobs.SYNC_PRODUCT_DATA,
                        new SyncProductData(item.asin(), item.marketplace()),
                        JobOptions.DEFAULT.withPriority(AT_ONCE)));
    }
}
