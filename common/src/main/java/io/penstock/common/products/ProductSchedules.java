package io.penstock.common.products;

import io.penstock.common.job.JobType;
import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** When products are read and analysed. A run that has not ended is never joined by the next one. */
@ApplicationScoped
public class ProductSchedules implements ScheduleSource {

    private final String zone;

    @Inject
    public ProductSchedules(ProductsConfig config) {
        this.zone = config.zone().getId();
    }

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(
                schedule(
                        "daily-product-update",
                        "Daily update of products",
                        "Enqueues an update of each product that is tracked, the most urgent first.",
                        "0 9 * * *",
                        ProductJobs.PLAN_UPDATES,
                        "{}"),
                schedule(
                        "hourly-high-freq-update",
                        "Hourly update of products",
                        "Enqueues an update of each product that somebody wants hourly, before all others.",
                        "0 * * * *",
                        ProductJobs.PLAN_UPDATES,
                        "{\"frequency\":\"hourly\",\"priority\":10}"),
                schedule(
                        "six-hourly-update",
                        "Six-hourly update of products",
                        "Makes a batch of the products that somebody wants every six hours.",
                        "0 */6 * * *",
                        ProductJobs.BATCH_UPDATE_PRODUCTS,
                        "{\"frequency\":\"six_hourly\"}"),
                schedule(
                        "weekly-competitor-analysis",
                        "Weekly comparison with competitors",
                        "Enqueues a comparison for each active group.",
                        "0 2 * * 0",
                        ProductJobs.PLAN_ANALYSES,
                        "{\"kind\":\"competitor\"}"),
                schedule(
                        "weekly-optimization-analysis",
                        "Weekly suggestions",
                        "Enqueues suggestions for each product that is tracked.",
                        "0 1 * * 0",
                        ProductJobs.PLAN_ANALYSES,
                        "{\"kind\":\"optimization\"}"),
                schedule(
                        "product-digests",
                        "Digests",
                        "Sends what has gathered to those who want it together.",
                        "10 * * * *",
                        ProductJobs.WRITE_DIGESTS,
                        "{}"));
    }

    private DeclaredSchedule schedule(
            String id, String name, String description, String expression, JobType<?> type, String payload) {
        return DeclaredSchedule.of(id, name, description, expression, zone, type.name(), payload)
                .overlap(OverlapPolicy.SKIP);
    }
}
