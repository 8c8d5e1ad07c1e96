package io.penstock.worker.history;

import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * One attempt to write a batch. A row that cannot be written must not keep the others, and all that come after them, from
 * being written: the batch is halved until it stands alone. Then it is written without its texts, or else set aside:
 * counted and logged.
 *
 * <p>Not every failure is about a row. Where PostgreSQL is away, or says that it cannot work at all, the whole attempt
 * fails and the rows wait. A failure that nobody foresaw is taken for the fault of rows while others of the batch can be
 * written, and for an outage while none can.
 */
final class BatchWrite {

    private static final Logger LOG = Logger.getLogger(BatchWrite.class);

    /** SQLSTATE classes that are about the data: data exception, constraint violation, program limit exceeded. */
    private static final Set<String> ABOUT_THE_DATA = Set.of("22", "23", "54");

    /**
     * SQLSTATE classes that are about the server or the session: connection, authorization, catalog, transaction state and
     * rollback, resources, object state, operator intervention, system error.
     */
    private static final Set<String> ABOUT_THE_SERVER = Set.of("08", "28", "3D", "25", "40", "53", "55", "57", "58");

    /** So many rows that fail alone while none is written are an outage: trying the other hundreds would tell no more. */
    private static final int HOPELESS = 8;

    private final JobHistoryStore store;
    private final HistoryMeters meters;
    private final Runnable onStatement;
    private final List<Suspect> suspects = new ArrayList<>();
    private int written;

    /** A row that failed alone, and why. */
    private record Suspect(HistoryRow row, Throwable why) {}

    /** @param onStatement called whenever a statement is sent: the attempt goes on */
    BatchWrite(JobHistoryStore store, HistoryMeters meters, Runnable onStatement) {
        this.store = store;
        this.meters = meters;
        this.onStatement = onStatement;
    }

    /** Answers with how many rows were written; the others are set aside. Fails where rows have to wait. */
    Uni<Integer> write(List<HistoryRow> batch) {
        return writeOrHalve(batch).chain(this::settleSuspects).map(settled -> written);
    }

    /** The server cannot work at all, or is away. A failure of our own code is none. */
    static boolean isOutage(Throwable failure) {
        if (failure instanceof DatabaseException e) {
            return ABOUT_THE_SERVER.contains(sqlClass(e));
        }
        return !isOurOwn(failure);
    }

    private Uni<Integer> writeOrHalve(List<HistoryRow> rows) {
        return append(rows).onFailure(failure -> !isOutage(failure)).recoverWithUni(failure -> {
            int half = rows.size() / 2;
            if (half > 0) {
                return writeOrHalve(rows.subList(0, half)).chain(() -> writeOrHalve(rows.subList(half, rows.size())));
            }
            return isKnownToBeTheRow(failure)
                    ? writeBare(rows.get(0), failure)
                    : suspect(new Suspect(rows.get(0), failure));
        });
    }

    private Uni<Integer> suspect(Suspect suspect) {
        suspects.add(suspect);
        return written == 0 && suspects.size() >= HOPELESS
                ? Uni.createFrom().failure(suspect.why())
                : Uni.createFrom().item(0);
    }

    private Uni<Integer> settleSuspects(Integer rows) {
        if (suspects.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        if (written == 0) {
            return Uni.createFrom().failure(suspects.get(0).why());
        }
        Uni<Integer> settled = Uni.createFrom().item(0);
        for (Suspect suspect : suspects) {
            settled = settled.chain(() -> writeBare(suspect.row(), suspect.why()));
        }
        return settled;
    }

    private Uni<Integer> writeBare(HistoryRow row, Throwable why) {
        LOG.warnf(
                "history: job %s (%s, queue %s) is written without its texts, they cannot be stored: %s",
                row.jobId(), row.type(), row.queue(), why);
        return append(List.of(row.bare()))
                .onFailure(failure -> !isOutage(failure))
                .recoverWithItem(failure -> {
                    LOG.errorf(
                            "history: the row of job %s is set aside, it cannot be stored: %s", row.jobId(), failure);
                    meters.refused();
                    return 0;
                });
    }

    /** What a row does to the encoder, an {@link Error} too, is a failure as any other. */
    private Uni<Integer> append(List<HistoryRow> rows) {
        return Uni.createFrom()
                .deferred(() -> {
                    onStatement.run();
                    return store.append(rows);
                })
                .invoke(stored -> written += rows.size());
    }

    private static boolean isKnownToBeTheRow(Throwable failure) {
        return failure instanceof DatabaseException e ? ABOUT_THE_DATA.contains(sqlClass(e)) : isOurOwn(failure);
    }

    /** Thrown while a row was put into a statement, and not by the connection. */
    private static boolean isOurOwn(Throwable failure) {
        return failure instanceof Error
                || failure instanceof IllegalArgumentException
                || failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof ArithmeticException
                || failure instanceof java.time.DateTimeException;
    }

    private static String sqlClass(DatabaseException e) {
        String state = e.getSqlState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }
}
