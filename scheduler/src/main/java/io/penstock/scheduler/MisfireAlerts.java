package io.penstock.scheduler;

import io.penstock.common.alert.AlertStore;
import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.schedule.Fire;
import io.penstock.common.schedule.FireTrigger;
import io.penstock.common.schedule.TaskExecutionStore.FailureStreak;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Notices schedules that missed instants, fired them long after they were due, or whose runs fail again and again, and
 * that all is well again. What the tick sees is noted in memory and reported beside it, so that alerts never hold it up.
 *
 * <p>Good news is reported of those schedules alone whose alert is open, so that a thousand punctual fires cost nothing.
 */
@ApplicationScoped
public class MisfireAlerts {

    /** Schedules whose latest news waits for its report; beyond that, further ones are left to their next fire. */
    private static final int MOST_NOTED = 20_000;

    private static final String ALL = "schedule/";
    private static final String MISSED = "/missed";
    private static final String LATE = "/late";
    private static final String FAILING = "/failing";

    private final Alerts alerts;
    private final AlertStore store;
    private final Duration lateAfter;
    private final int failuresInRow;
    private final Map<String, Finding> bad = new ConcurrentHashMap<>();
    private final Set<String> punctual = ConcurrentHashMap.newKeySet();

    public MisfireAlerts(Alerts alerts, AlertStore store, SchedulerConfig config) {
        this.alerts = alerts;
        this.store = store;
        this.lateAfter = config.alert().lateAfter();
        this.failuresInRow = config.alert().failuresInRow();
    }

    /** Instants were found long after they were due, and the misfire policy has decided over them. */
    void claimed(Collection<Fire> fires) {
        Map<String, Integer> missedByTask = new LinkedHashMap<>();
        for (Fire fire : fires) {
            int missed = fire.missed() + (fire.trigger() == FireTrigger.CATCH_UP ? 1 : 0);
            if (missed > 0) {
                missedByTask.merge(fire.taskId(), missed, Integer::sum);
            }
        }
        missedByTask.forEach((task, missed) -> note(Finding.wrong(
                ALL + task + MISSED,
                Severity.WARNING,
                "schedule " + task + " missed " + missed + " due times: no scheduler was at work")));
    }

    /** An instant's job is in the queue. */
    void fired(String task, FireTrigger trigger, Duration late) {
        if (trigger != FireTrigger.CRON) {
            return;
        }
        if (late.compareTo(lateAfter) > 0) {
            note(Finding.wrong(
                    ALL + task + LATE,
                    Severity.WARNING,
                    "schedule " + task + " was fired " + late.toMillis() + " ms after it was due"));
        } else if (punctual.size() < MOST_NOTED) {
            punctual.add(task);
        }
    }

    /** Reports what was noted since the last call. */
    Uni<Void> runOnce() {
        List<Finding> wrong = List.copyOf(bad.values());
        Set<String> well = new HashSet<>(punctual);
        wrong.forEach(finding -> bad.remove(finding.subject(), finding));
        punctual.removeAll(well);
        if (wrong.isEmpty() && well.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return store.raised(ALL)
                .map(open -> withRecoveries(wrong, well, open))
                .chain(alerts::report)
                .replaceWithVoid()
                .onFailure()
                .invoke(() -> wrong.forEach(finding -> bad.putIfAbsent(finding.subject(), finding)));
    }

    /** Tells of streaks of failed runs that grew or ended. */
    Uni<Void> streaks(List<FailureStreak> streaks) {
        List<Finding> findings = new ArrayList<>();
        for (FailureStreak streak : streaks) {
            String subject = ALL + streak.taskId() + FAILING;
            if (streak.inRow() >= failuresInRow) {
                findings.add(Finding.wrong(
                        subject,
                        Severity.WARNING,
                        "schedule " + streak.taskId() + " failed " + streak.inRow() + " times in a row"
                                + (streak.lastError() == null ? "" : ": " + firstLine(streak.lastError()))));
            } else if (streak.inRow() == 0) {
                findings.add(Finding.well(subject, "schedule " + streak.taskId() + " works again"));
            }
        }
        return findings.isEmpty()
                ? Uni.createFrom().voidItem()
                : alerts.report(findings).replaceWithVoid();
    }

    private static List<Finding> withRecoveries(List<Finding> wrong, Set<String> well, Set<String> open) {
        Set<String> subjectsOfWrong = new HashSet<>();
        wrong.forEach(finding -> subjectsOfWrong.add(finding.subject()));
        List<Finding> all = new ArrayList<>(wrong);
        Function<String, Finding> recovery =
                subject -> Finding.well(subject, "schedule " + taskOf(subject) + " is fired in time again");
        open.stream()
                .filter(subject -> subject.endsWith(MISSED) || subject.endsWith(LATE))
                .filter(subject -> well.contains(taskOf(subject)) && !subjectsOfWrong.contains(subject))
                .map(recovery)
                .forEach(all::add);
        return all;
    }

    private static String taskOf(String subject) {
        return subject.substring(ALL.length(), subject.lastIndexOf('/'));
    }

    private void note(Finding finding) {
        if (bad.size() < MOST_NOTED) {
            bad.put(finding.subject(), finding);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
