package io.penstock.api.search;

import io.penstock.common.history.HistorySearch;
import io.penstock.common.history.HistoryTime;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Failures of a time, by what they have in common, the most frequent first. */
@RegisterForReflection
@Schema(name = "JobErrors")
public record ErrorGroupsAnswer(
        List<Group> groups,
        @Schema(description = "Failures of the time, of all groups") Estimate total,
        Instant from,
        Instant to) {

    /** Failures of one job type that differ in details only. */
    @RegisterForReflection
    @Schema(name = "JobErrorGroup")
    public record Group(
            String fingerprint,
            String type,
            @Schema(description = "The beginning of the latest one") String sample,
            @Schema(description = "In the time asked for") Estimate count,
            @Schema(description = "Of all failures of the time, 0 to 1") double share,
            @Schema(description = "Since the group is known") Instant firstSeen,
            Instant lastSeen,
            @Schema(description = "As long as the group is known") long total,
            @Schema(description = "The last hour in steps of 5 minutes, the oldest first") List<Integer> lastHour) {}

    static ErrorGroupsAnswer of(List<HistorySearch.Failures> failures, HistoryTime time, int limit) {
        Map<List<String>, List<HistorySearch.Failures>> byGroup = new LinkedHashMap<>();
        failures.forEach(
                some -> byGroup.computeIfAbsent(List.of(some.fingerprint(), some.type()), key -> new ArrayList<>())
                        .add(some));
        long all = failures.stream().mapToLong(HistorySearch.Failures::count).sum();
        boolean more = all >= HistorySearch.COUNTED;
        List<Group> groups = byGroup.values().stream()
                .map(some -> group(some, all, more))
                .sorted(Comparator.comparingLong((Group group) -> -group.count().count())
                        .thenComparing(Group::fingerprint)
                        .thenComparing(Group::type))
                .limit(limit)
                .toList();
        return new ErrorGroupsAnswer(
                groups, more ? Estimate.atLeast(all) : Estimate.exactly(all), time.from(), time.to());
    }

    private static Group group(List<HistorySearch.Failures> some, long all, boolean more) {
        HistorySearch.Failures one = some.get(0);
        long count = some.stream().mapToLong(HistorySearch.Failures::count).sum();
        Instant first = some.stream()
                .map(HistorySearch.Failures::first)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant last = some.stream()
                .map(HistorySearch.Failures::last)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        var known = some.stream()
                .map(HistorySearch.Failures::group)
                .filter(Objects::nonNull)
                .findFirst();
        Integer[] lastHour = new Integer[HistorySearch.SLOTS];
        for (int i = 0; i < lastHour.length; i++) {
            lastHour[i] = 0;
        }
        for (HistorySearch.Failures part : some) {
            if (part.slot() < HistorySearch.SLOTS) {
                lastHour[HistorySearch.SLOTS - 1 - part.slot()] = part.count();
            }
        }
        return new Group(
                one.fingerprint(),
                one.type(),
                known.map(group -> group.sample()).orElse(""),
                more ? Estimate.atLeast(count) : Estimate.exactly(count),
                Math.round(1000.0 * count / all) / 1000.0,
                known.map(group -> group.firstSeen()).orElse(first),
                known.map(group -> group.lastSeen()).orElse(last),
                known.map(group -> group.total()).orElse(count),
                List.of(lastHour));
    }
}
