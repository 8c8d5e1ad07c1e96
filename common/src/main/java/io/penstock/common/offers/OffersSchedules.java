package io.penstock.common.offers;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.OverlapPolicy;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** When the offer feed is swept. A run that has not ended is never joined by the next one. */
@ApplicationScoped
public class OffersSchedules implements ScheduleSource {

    private static final String ZONE = "Asia/Taipei";

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(
                DeclaredSchedule.of(
                                "offers-high",
                                "High-priority offers",
                                "Fetches the offers that change most often.",
                                "*/2 * * * *",
                                ZONE,
                                OffersJobs.HIGH_FETCH.name(),
                                "{}")
                        .overlap(OverlapPolicy.SKIP),
                DeclaredSchedule.of(
                                "offers-full",
                                "Full sweep of the offers",
                                "Takes the next 10 pages, round robin over at most 120.",
                                "*/2 * * * *",
                                ZONE,
                                OffersJobs.PLAN_NEXT.name(),
                                "{\"pages\":10,\"maxPages\":120}")
                        .overlap(OverlapPolicy.SKIP),
                DeclaredSchedule.of(
                                "offers-conversion-merge",
                                "Conversion list",
                                "Merges swept offers into the conversion list.",
                                "0 * * * *",
                                ZONE,
                                OffersJobs.CONVERSION_MERGE.name(),
                                "{}")
                        .overlap(OverlapPolicy.SKIP));
    }
}
