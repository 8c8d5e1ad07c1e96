package io.penstock.common.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The job types of product monitoring. */
@ApplicationScoped
public class ProductJobs implements JobTypeSource {

    private static final String UPDATES = "product-update";
    private static final String ANALYSES = "analysis";
    private static final String URGENT = "high-priority";
    private static final String NOTIFICATIONS = "notification";

    /** Products of one call of the scraper, which is dear by the call. */
    public static final int UPDATES_AT_ONCE = 100;

    private static final Duration LINGER = Duration.ofSeconds(5);
    private static final Duration CALL = Duration.ofMinutes(2);

    /** Reads one product from the marketplace, unless its reading is fresh. Updates that come at once are read with one call. */
    public static final JobType<UpdateProduct> UPDATE_PRODUCT = JobType.of("update_product", UpdateProduct.class)
            .queue(UPDATES)
            .timeout(CALL)
            .gather(UPDATES_AT_ONCE, LINGER);

    /** Makes a batch of the products that were not read for some hours. */
    public static final JobType<BatchUpdateProducts> BATCH_UPDATE_PRODUCTS = JobType.of(
                    "batch_update_products", BatchUpdateProducts.class)
            .queue(UPDATES)
            .timeout(Duration.ofMinutes(5));

    /** Reads one product now, fresh or not. */
    public static final JobType<SyncProductData> SYNC_PRODUCT_DATA = JobType.of(
                    "sync_product_data", SyncProductData.class)
            .queue(UPDATES)
            .timeout(CALL);

    /** Asks after a run of the scraper until it has ended, and reads what it found. */
    public static final JobType<ReadRun> READ_RUN =
            JobType.of("products.read_run", ReadRun.class).queue(UPDATES).timeout(CALL);

    /** Enqueues updates of all products that are tracked, or of those tracked with one frequency. */
    public static final JobType<PlanUpdates> PLAN_UPDATES = JobType.of("products.plan_updates", PlanUpdates.class)
            .queue(UPDATES)
            .timeout(Duration.ofMinutes(10));

    /** Compares a product with its competitors, and reports. */
    public static final JobType<CompetitorAnalysis> COMPETITOR_ANALYSIS = JobType.of(
                    "competitor_analysis", CompetitorAnalysis.class)
            .queue(ANALYSES)
            .timeout(Duration.ofMinutes(2));

    /** Suggests how the page of a product could sell better. */
    public static final JobType<OptimizationAnalysis> OPTIMIZATION_ANALYSIS = JobType.of(
                    "optimization_analysis", OptimizationAnalysis.class)
            .queue(ANALYSES)
            .timeout(Duration.ofMinutes(2));

    /** Finds what rose and fell most among all tracked products. */
    public static final JobType<TrendAnalysis> TREND_ANALYSIS =
            JobType.of("trend_analysis", TrendAnalysis.class).queue(ANALYSES).timeout(Duration.ofMinutes(5));

    /** Enqueues analyses of everything that is due for one. */
    public static final JobType<PlanAnalyses> PLAN_ANALYSES = JobType.of("products.plan_analyses", PlanAnalyses.class)
            .queue(ANALYSES)
            .timeout(Duration.ofMinutes(10));

    /** Writes the notification of an anomaly. */
    public static final JobType<PriceAlert> PRICE_ALERT =
            JobType.of("price_alert", PriceAlert.class).queue(URGENT).timeout(Duration.ofSeconds(30));

    /** Raises an alert of the deployment, or ends it. */
    public static final JobType<SystemAlert> SYSTEM_ALERT =
            JobType.of("system_alert", SystemAlert.class).queue(URGENT).timeout(Duration.ofSeconds(30));

    /** Notes that a user is active, and does at once what the user asked for. */
    public static final JobType<UserAction> USER_ACTION =
            JobType.of("user_action", UserAction.class).queue(URGENT).timeout(Duration.ofSeconds(30));

    /** Sends one notification the ways its user wants. */
    public static final JobType<SendNotification> SEND_NOTIFICATION = JobType.of(
                    "send_notification", SendNotification.class)
            .queue(NOTIFICATIONS)
            .timeout(Duration.ofSeconds(60));

    /** Makes one notification of those that have gathered, for each user whose digest is due. */
    public static final JobType<WriteDigests> WRITE_DIGESTS = JobType.of("products.write_digests", WriteDigests.class)
            .queue(NOTIFICATIONS)
            .timeout(Duration.ofMinutes(5));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(
                UPDATE_PRODUCT,
                BATCH_UPDATE_PRODUCTS,
                SYNC_PRODUCT_DATA,
                READ_RUN,
                PLAN_UPDATES,
                COMPETITOR_ANALYSIS,
                OPTIMIZATION_ANALYSIS,
                TREND_ANALYSIS,
                PLAN_ANALYSES,
                PRICE_ALERT,
                SYSTEM_ALERT,
                USER_ACTION,
                SEND_NOTIFICATION,
                WRITE_DIGESTS);
    }
}
