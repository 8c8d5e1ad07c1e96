package io.penstock.common.offers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.Batches;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadCodec;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts sweeps of the feed and tells how far they are.
 *
 * <p>The queue decides what is being read: a chunk's job id says its pages, so that pages wait or are read once at a
 * time, whoever asks. A chunk is a batch of its pages, which its job makes when it first runs: what arrived, what failed and
 * what is to come is what the batch says. That a job is dead whose batch has not ended is found out here, by asking the queue
 * about chunks that are not done.
 */
@ApplicationScoped
public class OfferSweeps {

    private static final Logger LOG = Logger.getLogger(OfferSweeps.class);

    private static final Set<JobState> LIVE =
            Set.of(JobState.SCHEDULED, JobState.WAITING, JobState.ACTIVE, JobState.RETRYING);

    /** Ended without its pages. */
    private static final Set<JobState> GIVEN_UP = Set.of(JobState.DEAD, JobState.CANCELLED, JobState.EXPIRED);

    private final SweepStore store;
    private final JobEnqueuer enqueuer;
    private final JobQueue queue;
    private final PayloadCodec codec;
    private final Batches batches;
    private final ObjectMapper mapper;

    @Inject
    public OfferSweeps(
            SweepStore store,
            JobEnqueuer enqueuer,
            JobQueue queue,
            PayloadCodec codec,
            Batches batches,
            ObjectMapper mapper) {
        this.batches = batches;
        this.mapper = mapper;
        this.store = store;
        this.enqueuer = enqueuer;
        this.queue = queue;
        this.codec = codec;
    }

    /**
     * Cuts the pages into chunks and enqueues them. While a sweep of the same pages runs, nothing is added; pages that
     * another sweep is reading are left to it, and counted in both.
     */
    public Uni<SweepStart> start(SweepRequest request) {
        List<SweepChunk> chunks = SweepChunk.cut(request);
        return runningLike(request)
                .chain(running -> running.isPresent()
                        ? Uni.createFrom().item(new SweepStart(running.get(), jobIds(chunks), 0))
                        : startNew(request, chunks));
    }

    /**
     * Pages that are to be read.
     *
     * @param run the runner of the batch that the job is; empty: the batch has ended, or others work it off
     * @param totalPages the feed's last page as it said during this sweep; null: it has not said
     */
    public record Reading(Batch batch, Optional<BatchRun> run, @Nullable Integer totalPages) {}

    /**
     * The batch of a chunk, for the job that reads it. It is made when there is none; where pages failed it begins another round,
     * since somebody wants the job to run again.
     *
     * <p>Fails with {@link UnrecoverableJobException} where there is no such chunk.
     */
    public Uni<Reading> reading(FullChunk chunk, String jobId) {
        return store.chunk(chunk)
                .map(found -> found.orElseThrow(() -> new UnrecoverableJobException(
                        "no sweep has the id '" + chunk.sweepId() + "' and a chunk of these pages")))
                .chain(found -> batchOf(chunk, found, jobId)
                        .map(held ->
                                new Reading(held.batch(), held.runs().stream().findFirst(), found.totalPages())));
    }

    private Uni<Batches.Held> batchOf(FullChunk chunk, SweepStore.Chunk found, String jobId) {
        UUID known = found.batchId();
        Batches.Holder holder = new Batches.Holder(OffersJobs.FULL_CHUNK.queue(), run -> jobId);
        if (known == null) {
            return batches.createHeld(
                    spec(chunk, found),
                    Batches.SYSTEM,
                    Batches.SYSTEM,
                    holder,
                    (transaction, id) -> store.nameBatch(transaction, chunk, id));
        }
        return batches.held(known, jobId)
                .chain(held ->
                        held.batch().status().isEnd() && held.batch().counts().failed() > 0
                                ? batches.retryFailedHeld(known, holder)
                                : Uni.createFrom().item(held));
    }

    private BatchSpec spec(FullChunk chunk, SweepStore.Chunk found) {
        BatchSpec spec = BatchSpec.of(OffersJobs.PAGES)
                .named("pages " + chunk.fromPage() + " to " + chunk.toPage())
                .withFixedChunks(BatchType.MAX_CHUNK)
                .withConcurrency(1)
                .withConfig(mapper.createObjectNode()
                        .put("sweep", chunk.sweepId())
                        .put("status", found.status().wire()));
        return found.arrived().isEmpty()
                ? spec.withRange(chunk.fromPage(), chunk.toPage())
                : spec.withItems(IntStream.rangeClosed(chunk.fromPage(), chunk.toPage())
                        .filter(page -> !found.arrived().contains(page))
                        .<JsonNode>mapToObj(IntNode::valueOf)
                        .toList());
    }

    /** Empty when no sweep has this id. */
    public Uni<Optional<SweepProgress>> progress(String batchId) {
        return countLiveChunks(batchId)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.debugf(
                            e, "The queue cannot tell about the chunks of sweep %s; dead ones show up later", batchId);
                    return 0;
                })
                .chain(() -> store.progress(batchId));
    }

    private Uni<Optional<String>> runningLike(SweepRequest request) {
        return store.unfinishedLike(request).chain(found -> {
            if (found.isEmpty()) {
                return Uni.createFrom().item(found);
            }
            return countLiveChunks(found.get()).map(live -> live > 0 ? found : Optional.empty());
        });
    }

    /** The rows come first: a job must find its sweep even if it starts at once. */
    private Uni<SweepStart> startNew(SweepRequest request, List<SweepChunk> chunks) {
        String sweepId = UUID.randomUUID().toString();
        return store.create(sweepId, request, chunks)
                .chain(() -> enqueuer.enqueueAll(OffersJobs.FULL_CHUNK, jobs(sweepId, request, chunks)))
                .chain(answers -> settleOwnership(sweepId, answers));
    }

    private Uni<SweepStart> settleOwnership(String sweepId, List<Enqueued> answers) {
        List<String> jobIds = answers.stream().map(Enqueued::jobId).toList();
        List<String> live = answers.stream()
                .filter(answer -> !answer.added())
                .map(Enqueued::jobId)
                .toList();
        if (live.isEmpty()) {
            return Uni.createFrom().item(new SweepStart(sweepId, jobIds, jobIds.size()));
        }
        int added = jobIds.size() - live.size();
        return readers(live, sweepId).chain(readers -> {
            Optional<String> other = added == 0 ? theOnly(readers, live.size()) : Optional.empty();
            return other.isPresent()
                    ? store.delete(sweepId).replaceWith(new SweepStart(other.get(), jobIds, 0))
                    : store.adopt(sweepId, readers).replaceWith(new SweepStart(sweepId, jobIds, added));
        });
    }

    /** The one sweep that reads all these chunks; empty when there is none such. */
    private static Optional<String> theOnly(Map<String, String> readers, int chunks) {
        Set<String> sweeps = new HashSet<>(readers.values());
        return sweeps.size() == 1 && readers.size() == chunks
                ? Optional.of(sweeps.iterator().next())
                : Optional.empty();
    }

    /** Which sweep each live job reads for. */
    private Uni<Map<String, String>> readers(List<String> jobIds, String otherThan) {
        List<Uni<Optional<String>>> lookups =
                jobIds.stream().map(jobId -> reader(jobId, otherThan)).toList();
        return Uni.join().all(lookups).andFailFast().map(found -> {
            Map<String, String> readers = new LinkedHashMap<>();
            for (int i = 0; i < found.size(); i++) {
                String jobId = jobIds.get(i);
                found.get(i).ifPresent(sweep -> readers.put(jobId, sweep));
            }
            return readers;
        });
    }

    /** A job that ended since it was found live can no longer be asked; the database remembers whose it was. */
    private Uni<Optional<String>> reader(String jobId, String otherThan) {
        return queue.find(jobId).chain(job -> {
            Optional<String> sweep = job.flatMap(this::sweepOf);
            return sweep.isPresent() ? Uni.createFrom().item(sweep) : store.latestReader(jobId, otherThan);
        });
    }

    /** Asks the queue about every chunk that is not done, records those that died, and counts those that live. */
    private Uni<Integer> countLiveChunks(String sweepId) {
        return store.openChunks(sweepId).chain(chunks -> {
            if (chunks.isEmpty()) {
                return Uni.createFrom().item(0);
            }
            List<Uni<Boolean>> checks = chunks.stream().map(this::isLive).toList();
            return Uni.join().all(checks).andFailFast().map(live ->
                    (int) live.stream().filter(Boolean::booleanValue).count());
        });
    }

    private Uni<Boolean> isLive(SweepStore.OpenChunk chunk) {
        return queue.find(chunk.jobId()).chain(found -> {
            Optional<JobView> own = found.filter(job -> readsFor(job, chunk.sweepId()));
            if (own.isPresent() && LIVE.contains(own.get().state())) {
                return Uni.createFrom().item(true);
            }
            boolean certain = own.filter(job -> GIVEN_UP.contains(job.state())).isPresent();
            return store.chunkDied(chunk, reasonOfDeath(own), certain).replaceWith(false);
        });
    }

    private static String reasonOfDeath(Optional<JobView> job) {
        String error = job.map(JobView::error).orElse(null);
        return error == null ? "its job is gone from the queue" : error;
    }

    private boolean readsFor(JobView job, String sweepId) {
        return job.payload() == null || sweepOf(job).filter(sweepId::equals).isPresent();
    }

    private Optional<String> sweepOf(JobView job) {
        String payload = job.payload();
        if (payload == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(codec.decode(OffersJobs.FULL_CHUNK, payload).sweepId());
        } catch (JsonProcessingException e) {
            LOG.debugf(e, "The payload of job %s is not that of a chunk", job.id());
            return Optional.empty();
        }
    }

    private static List<JobEnqueuer.Item<FullChunk>> jobs(
            String sweepId, SweepRequest request, Collection<SweepChunk> chunks) {
        return chunks.stream()
                .map(chunk -> new JobEnqueuer.Item<>(
                        new FullChunk(
                                sweepId, chunk.fromPage(), chunk.toPage(), request.concurrency(), request.status()),
                        JobOptions.DEFAULT.withId(chunk.jobId())))
                .toList();
    }

    private static List<String> jobIds(List<SweepChunk> chunks) {
        return chunks.stream().map(SweepChunk::jobId).toList();
    }
}
