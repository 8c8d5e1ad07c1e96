package io.penstock.bench.chaos;

import io.penstock.common.job.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is known after a run, and all that its account is made from.
 *
 * @param enqueues what producers were told
 * @param runs of handlers, of each worker in the order in which they began
 * @param finalStates what Redis knows at the end, by job id; no entry: nothing
 * @param rows tags whose work is in PostgreSQL
 * @param poison tags of jobs that kill their workers
 * @param stubborn tags of jobs that do not stop when they are asked to
 * @param hostile tags of jobs whose handlers fail as none should
 * @param mayForgetMs see {@link Ground#mayForgetMs}
 * @param partitions how many the queue has
 * @param surprises what no fault explains
 */
record Evidence(
        List<Enqueue> enqueues,
        List<Run> runs,
        Map<String, FinalState> finalStates,
        Set<String> rows,
        Set<String> poison,
        Set<String> stubborn,
        Set<String> hostile,
        History history,
        List<FaultInterval> intervals,
        List<String> surprises,
        Duration lease,
        Duration deadline,
        long mayForgetMs,
        int partitions) {

    /**
     * What the history holds of ends: states of the rows by job id.
     *
     * @param written by the workers of the run, while it went on
     * @param repaired the same when what was missing had been written from what the queue keeps
     */
    record History(Map<String, List<String>> written, Map<String, List<String>> repaired) {}

    static final String JOURNAL = "journal-";
    /** Kind of what is no fault of the run: a process had no time. */
    static final String STANDSTILL = "worker without CPU time";

    static final String LEDGER = "ledger-";

    /** In place of an id that is not known. */
    static final String NO_ID = "-";

    /**
     * One job of one call of a producer.
     *
     * @param atMs when the answer came, epoch ms
     * @param tookMs from call to answer
     * @param id {@link #NO_ID} where a call failed that gave none
     * @param repeated empty where the call had no idempotency key, so that it was made once
     */
    record Enqueue(
            ChaosProducer.Answer answer,
            long atMs,
            String tag,
            long tookMs,
            String id,
            Optional<Tries> repeated,
            String why) {}

    /**
     * How often a call with an idempotency key was tried.
     *
     * @param number 1 or more
     * @param unknown how many of these may have been accepted although they failed
     * @param firstMs when the first began, epoch ms
     */
    record Tries(int number, int unknown, long firstMs) {

        /** As {@link ChaosProducer.Answer} says; empty: the call had no key. */
        static Optional<Tries> read(String word) {
            if (word.equals("-")) {
                return Optional.empty();
            }
            String[] parts = word.split("/", 3);
            return Optional.of(
                    new Tries(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2])));
        }
    }

    /**
     * One run of a handler.
     *
     * @param worker name of its process
     * @param begunMs epoch ms
     * @param wantsMore its handler wanted the job to run again later
     * @param outcome what was stored of its end; null: nothing that the process lived to write down
     * @param outcomeMs when that was known, epoch ms; 0 without outcome
     */
    record Run(
            String worker,
            String id,
            String tag,
            long begunMs,
            boolean wantsMore,
            Journal.@Nullable Mark outcome,
            long outcomeMs) {

        Run with(Journal.Mark mark, long atMs) {
            return mark == Journal.Mark.PUTTING_OFF
                    ? new Run(worker, id, tag, begunMs, true, outcome, outcomeMs)
                    : new Run(worker, id, tag, begunMs, wantsMore, mark, atMs);
        }
    }

    /**
     * What became of a job.
     *
     * @param reason of one that did not complete; else empty
     * @param worker that completed it, where that is known; else empty
     */
    record FinalState(JobState state, String reason, String worker) {}

    /** Where a job is: an id that was given to it says so, one that it brought along decides it. */
    int partitionOf(String jobId) {
        String[] parts = jobId.split("~", 3);
        return parts.length == 3 ? Integer.parseInt(parts[1]) : Math.floorMod(jobId.hashCode(), partitions);
    }

    /** Reads what producers wrote. */
    static List<Enqueue> ledgers(Path directory) {
        List<Enqueue> enqueues = new ArrayList<>();
        files(directory, LEDGER).forEach(file -> lines(file).forEach(line -> {
            String[] words = line.split(" ", 7);
            if (words.length >= 6) {
                enqueues.add(new Enqueue(
                        ChaosProducer.Answer.valueOf(words[0]),
                        Long.parseLong(words[1]),
                        words[2],
                        Long.parseLong(words[3]),
                        words[4],
                        Tries.read(words[5]),
                        words.length > 6 ? words[6] : ""));
            }
        }));
        return enqueues;
    }

    /** Reads what workers wrote. */
    static List<Run> journals(Path directory) {
        List<Run> runs = new ArrayList<>();
        for (Path file : files(directory, JOURNAL)) {
            runs.addAll(runs(file.getFileName().toString().substring(JOURNAL.length()), lines(file)));
        }
        return runs;
    }

    /** Reads when workers stood still, as they noticed themselves. */
    static List<FaultInterval> standstills(Path directory) {
        List<FaultInterval> standstills = new ArrayList<>();
        for (Path file : files(directory, JOURNAL)) {
            String worker = file.getFileName().toString().substring(JOURNAL.length());
            lines(file).stream()
                    .map(line -> line.split(" ", 5))
                    .filter(words -> words[0].equals(Journal.Mark.STOOD_STILL.name()))
                    .forEach(words -> standstills.add(new FaultInterval(
                            STANDSTILL,
                            worker,
                            Long.parseLong(words[2]),
                            Long.parseLong(words[1]),
                            FaultInterval.Effect.HARM)));
        }
        return standstills;
    }

    static List<Run> runs(String worker, List<String> journal) {
        List<Run> runs = new ArrayList<>();
        Map<String, Integer> latest = new HashMap<>();
        for (String line : journal) {
            String[] words = line.split(" ", 5);
            if (words.length < 4) {
                continue;
            }
            Journal.Mark mark = Journal.Mark.valueOf(words[0]);
            long atMs = Long.parseLong(words[1]);
            Integer run = latest.get(words[2]);
            if (mark == Journal.Mark.BEGUN && words.length == 5) {
                latest.put(words[2], runs.size());
                runs.add(new Run(worker, words[2], words[4], atMs, false, null, 0));
            } else if (mark != Journal.Mark.ENDED && mark != Journal.Mark.STOOD_STILL && run != null) {
                runs.set(run, runs.get(run).with(mark, atMs));
            }
        }
        return runs;
    }

    private static List<Path> files(Path directory, String prefix) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the last line where a kill tore it. */
    private static List<String> lines(Path file) {
        try {
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
