package io.penstock.worker.history;

import io.penstock.common.history.HistoryConfig;
import io.penstock.common.history.HistoryRow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait to be written, oldest first. A row is never refused: the job has ended, and there is no second chance to
 * tell. Instead the buffer says that it is full, and queues claim no more; what was running then still fits, because it is
 * bounded by the queues' slots. Used by all event loops at once.
 */
@ApplicationScoped
public class HistoryBuffer {

    /** Once full, it stays so until a quarter is free: claims that stop and go for each row would help nobody. */
    private static final double ROOM = 0.75;

    private final int mostRows;
    private final long mostWeight;
    private final ArrayDeque<HistoryRow> rows = new ArrayDeque<>();
    private long weight;
    private volatile boolean full;

    @Inject
    public HistoryBuffer(HistoryConfig config) {
        this(config.bufferRows(), config.bufferSize().asLongValue());
    }

    /** @param mostWeight characters, see {@link HistoryRow#weight()} */
    public HistoryBuffer(int mostRows, long mostWeight) {
        if (mostRows < 1 || mostWeight < 1) {
            throw new IllegalArgumentException("penstock.history.buffer-rows and buffer-size must be above 0");
        }
        this.mostRows = mostRows;
        this.mostWeight = mostWeight;
    }

    /** Answers with how many rows wait now. */
    public synchronized int add(HistoryRow row) {
        rows.add(row);
        weight += row.weight();
        if (rows.size() >= mostRows || weight >= mostWeight) {
            full = true;
        }
        return rows.size();
    }

    /** The oldest rows, which stay until {@link #remove}. */
    public synchronized List<HistoryRow> oldest(int most) {
        List<HistoryRow> oldest = new ArrayList<>(Math.min(most, rows.size()));
        for (HistoryRow row : rows) {
            if (oldest.size() == most) {
                break;
            }
            oldest.add(row);
        }
        return oldest;
    }

    /** Forgets the oldest rows: they are written. */
    public synchronized void remove(int count) {
        for (int i = 0; i < count; i++) {
            weight -= rows.remove().weight();
        }
        if (rows.size() <= mostRows * ROOM && weight <= mostWeight * ROOM) {
            full = false;
        }
    }

    public boolean isFull() {
        return full;
    }

    /** How many rows more may be expected with ease: those until it is half full. */
    synchronized int room() {
        return full || weight >= mostWeight / 2 ? 0 : Math.max(0, mostRows / 2 - rows.size());
    }

    public synchronized int size() {
        return rows.size();
    }

    /** Age of the oldest row; zero where none waits. */
    public Duration lag(Instant now) {
        HistoryRow oldest = first();
        Duration age = oldest == null ? Duration.ZERO : Duration.between(oldest.endedAt(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    synchronized @Nullable HistoryRow first() {
        return rows.peek();
    }
}
