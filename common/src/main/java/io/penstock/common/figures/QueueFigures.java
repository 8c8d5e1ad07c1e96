package io.penstock.common.figures;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a queue did in one step of time, and how it was at its end.
 *
 * @param queue empty: all queues together
 * @param enqueued null: not known
 * @param failed attempts that are made again
 * @param dropped cancelled or expired
 * @param waited how often which time from ready to start occurred, see {@link Histogram}
 * @param ran how often which time of an attempt occurred
 */
public record QueueFigures(
        Instant at,
        String queue,
        @Nullable Long enqueued,
        long completed,
        long failed,
        long died,
        long dropped,
        Depth depth,
        Histogram waited,
        Histogram ran) {

    /**
     * How full a queue is at an instant.
     *
     * @param delayed scheduled and retrying
     * @param oldestWaitMs the longest wait of a ready job
     */
    public record Depth(long waiting, long active, long delayed, long dead, long oldestWaitMs, boolean paused) {

        static final Depth EMPTY = new Depth(0, 0, 0, 0, 0, false);

        /** Jobs that live and have not been given up. */
        long living() {
            return waiting + active + delayed;
        }

        Depth plus(Depth other) {
            return new Depth(
                    waiting + other.waiting,
                    active + other.active,
                    delayed + other.delayed,
                    dead + other.dead,
                    Math.max(oldestWaitMs, other.oldestWaitMs),
                    paused || other.paused);
        }

        Depth after(Depth earlier) {
            return new Depth(waiting, active, delayed, dead, Math.max(oldestWaitMs, earlier.oldestWaitMs), paused);
        }
    }

    /** All queues together, for their whole. */
    static final String ALL = "";

    /**
     * A minute of one queue from what the workers added up.
     *
     * @param named figures by their {@link FigureNames}
     * @param before the queue at the end of the minute before; null: not known
     */
    static QueueFigures of(Instant at, String queue, Map<String, Long> named, Depth depth, @Nullable Depth before) {
        long completed = named.getOrDefault(FigureNames.completed(queue), 0L);
        long died = named.getOrDefault(FigureNames.died(queue), 0L);
        long dropped = named.getOrDefault(FigureNames.dropped(queue), 0L);
        return new QueueFigures(
                at,
                queue,
                before == null ? null : Math.max(0, depth.living() - before.living() + completed + died + dropped),
                completed,
                named.getOrDefault(FigureNames.failed(queue), 0L),
                died,
                dropped,
                depth,
                Histogram.of(i -> named.getOrDefault(FigureNames.waited(queue, i), 0L)),
                Histogram.of(i -> named.getOrDefault(FigureNames.ran(queue, i), 0L)));
    }

    /** All queues in one step. */
    static QueueFigures together(Instant at, Collection<QueueFigures> queues) {
        return sum(at, ALL, queues, queues.stream().map(QueueFigures::depth).reduce(Depth.EMPTY, Depth::plus));
    }

    /** One queue in several steps that follow each other; at least one. */
    static QueueFigures rolledUp(Instant at, String queue, List<QueueFigures> steps) {
        List<QueueFigures> inOrder =
                steps.stream().sorted(Comparator.comparing(QueueFigures::at)).toList();
        Depth depth = inOrder.stream()
                .map(QueueFigures::depth)
                .reduce((earlier, later) -> later.after(earlier))
                .orElseThrow();
        return sum(at, queue, inOrder, depth);
    }

    private static QueueFigures sum(Instant at, String queue, Collection<QueueFigures> parts, Depth depth) {
        boolean known = parts.stream().anyMatch(part -> part.enqueued != null);
        return new QueueFigures(
                at,
                queue,
                known
                        ? parts.stream()
                                .map(QueueFigures::enqueued)
                                .filter(Objects::nonNull)
                                .mapToLong(Long::longValue)
                                .sum()
                        : null,
                parts.stream().mapToLong(QueueFigures::completed).sum(),
                parts.stream().mapToLong(QueueFigures::failed).sum(),
                parts.stream().mapToLong(QueueFigures::died).sum(),
                parts.stream().mapToLong(QueueFigures::dropped).sum(),
                depth,
                parts.stream().map(QueueFigures::waited).reduce(Histogram.EMPTY, Histogram::plus),
                parts.stream().map(QueueFigures::ran).reduce(Histogram.EMPTY, Histogram::plus));
    }
}
