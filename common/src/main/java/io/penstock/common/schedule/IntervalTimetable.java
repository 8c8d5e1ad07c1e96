package io.penstock.common.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Due at every multiple of a period since the epoch, whatever the local clock does. */
record IntervalTimetable(Duration period) implements Timetable {

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone) {
        long seconds = period.toSeconds();
        return Optional.of(Instant.ofEpochSecond((Math.floorDiv(after.getEpochSecond(), seconds) + 1) * seconds));
    }

    @Override
    public boolean everMatches() {
        return true;
    }

    @Override
    public String describe() {
        List<String> parts = new ArrayList<>();
        addPart(parts, period.toDaysPart(), "day");
        addPart(parts, period.toHoursPart(), "hour");
        addPart(parts, period.toMinutesPart(), "minute");
        addPart(parts, period.toSecondsPart(), "second");
        return "Every " + Words.list(parts);
    }

    @Override
    public String clockChanges() {
        return "Not affected when clocks change.";
    }

    private static void addPart(List<String> parts, long amount, String unit) {
        if (amount > 0) {
            parts.add(amount + " " + (amount == 1 ? unit : unit + "s"));
        }
    }
}
