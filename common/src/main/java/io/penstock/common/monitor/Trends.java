package io.penstock.common.monitor;

import io.penstock.common.monitor.SystemReport.Point;
import io.penstock.common.monitor.SystemReport.Trend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Says how figures went. Pure. */
final class Trends {

    static final int POINTS = 24;
    /** Less of a change is steady. */
    static final double MUCH = 0.1;

    private Trends() {}

    /**
     * Brings measurements down to {@link #POINTS} points.
     *
     * @param sum true: a point is the sum of its measurements; false: the mean
     */
    static Trend of(String name, String unit, Instant begins, Instant ends, List<Point> measured, boolean sum) {
        long millis = Math.max(1, Duration.between(begins, ends).toMillis() / POINTS);
        double[] values = new double[POINTS];
        long[] counts = new long[POINTS];
        for (Point point : measured) {
            long place = Duration.between(begins, point.at()).toMillis() / millis;
            int slot = (int) Math.max(0, Math.min(POINTS - 1, place));
            values[slot] += point.value();
            counts[slot]++;
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            double value = sum || counts[i] == 0 ? values[i] : values[i] / counts[i];
            points.add(new Point(begins.plusMillis(i * millis), value));
        }
        double first = mean(points.subList(0, POINTS / 2));
        double second = mean(points.subList(POINTS / 2, POINTS));
        double change = first == 0 ? (second == 0 ? 0 : 1) : (second - first) / first;
        String direction = Math.abs(change) <= MUCH ? "steady" : change > 0 ? "rising" : "falling";
        return new Trend(name, unit, direction, change, points);
    }

    private static double mean(List<Point> points) {
        return points.stream().mapToDouble(Point::value).average().orElse(0);
    }
}
