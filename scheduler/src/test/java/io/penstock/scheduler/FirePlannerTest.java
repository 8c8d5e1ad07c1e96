package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.schedule.Fire;
import io.penstock.common.schedule.FireTrigger;
import io.penstock.common.schedule.MisfirePolicy;
import io.penstock.common.schedule.ScheduledTask;
import io.penstock.common.schedule.TaskDefinition;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirePlannerTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final SchedulerConfig defaults = new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(SchedulerConfig.class)
            .build()
            .getConfigMapping(SchedulerConfig.class);
    private final FirePlanner planner = new FirePlanner(defaults);

    @Test
    void plansFromTheLatestChangeOnwards() {
        ScheduledTask task = task("0 * * * *", null, MisfirePolicy.FIRE_ONCE);
        assertThat(planner.plan(task).advance().nextRun()).isEqualTo("2026-11-22T13:00:00Z");
    }

    @Test
    void firesWhatIsDueNow() {
        FirePlanner.Plan plan = planner.fire(task("0 * * * *", NOON, MisfirePolicy.FIRE_ONCE), NOON.plusMillis(3));
        assertThat(plan.fires()).containsExactly(new Fire("a", NOON, FireTrigger.CRON, false, 0));
        assertThat(plan.advance().nextRun()).isEqualTo("2026-11-22T13:00:00Z");
        assertThat(plan.advance().lastRun()).isEqualTo(NOON);
    }

    @Test
    void takesHalfAMinuteForLateAndMoreForMissed() {
        ScheduledTask task = task("*/10 * * * * *", NOON, MisfirePolicy.SKIP);
        assertThat(planner.fire(task, NOON.plusSeconds(30)).fires()).hasSize(4).noneMatch(Fire::skipped);
        assertThat(planner.fire(task, NOON.plusSeconds(41)).fires())
                .containsExactly(new Fire("a", NOON.plusSeconds(40), FireTrigger.CRON, false, 4));
    }

    @Test
    void standsForAYearOfMissedSecondsWithoutCountingThemAll() {
        ScheduledTask task = task("* * * * * *", NOON.minus(Duration.ofDays(365)), MisfirePolicy.FIRE_ALL);
        List<Fire> fires = planner.fire(task, NOON).fires();
        assertThat(fires).hasSize(10).allMatch(fire -> fire.trigger() == FireTrigger.CATCH_UP);
        assertThat(fires).last().extracting(Fire::scheduledFor).isEqualTo(NOON);
        assertThat(fires).first().extracting(Fire::missed).isEqualTo(FirePlanner.COUNTED_MISSES - 10);
    }

    @Test
    void findsTheLatestOfRareInstants() {
        ScheduledTask task = task("0 0 1 1 *", Instant.parse("2020-01-01T00:00:00Z"), MisfirePolicy.FIRE_ONCE);
        assertThat(planner.fire(task, NOON).fires())
                .containsExactly(new Fire("a", Instant.parse("2026-01-01T00:00:00Z"), FireTrigger.CATCH_UP, false, 6));
    }

    @Test
    void firesEachInstantOfFireAllWhenTheyAreFewerThanTheLimit() {
        ScheduledTask task = task("0 * * * *", NOON.minus(Duration.ofHours(6)), MisfirePolicy.FIRE_ALL);
        assertThat(planner.fire(task, NOON.plusSeconds(60)).fires()).hasSize(7).allMatch(fire -> fire.missed() == 0);
    }

    @Test
    void leavesOutADefinitionItCannotRead() {
        FirePlanner.Plan plan = planner.fire(task("nonsense", NOON, MisfirePolicy.FIRE_ONCE), NOON);
        assertThat(plan.fires()).isEmpty();
        assertThat(plan.advance().nextRun()).isNull();
        assertThat(plan.advance().error()).contains("has 1 fields");
    }

    private static ScheduledTask task(String expression, Instant nextRun, MisfirePolicy misfire) {
        TaskDefinition definition = TaskDefinition.of("A", "", expression, "UTC", "test.probe", "{}")
                .withMisfire(misfire);
        return new ScheduledTask(
                "a", definition, true, false, null, nextRun, 0, 0, null, false, false, null, 1, NOON, NOON);
    }
}
