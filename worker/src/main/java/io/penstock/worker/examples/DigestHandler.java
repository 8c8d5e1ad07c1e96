package io.penstock.worker.examples;

import io.penstock.common.examples.Digest;
import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A blocking handler: it has a thread of its own, tells how far it is, and stops when its work is in vain. */
@ApplicationScoped
class DigestHandler implements BlockingJobHandler<Digest> {

    /** Often enough to stop soon, seldom enough to cost nothing. */
    private static final int LOOK_UP_EVERY = 10_000;

    @Override
    public JobType<Digest> type() {
        return ExampleJobs.DIGEST;
    }

    @Override
    public Outcome handle(Digest digest, JobContext job) throws NoSuchAlgorithmException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        byte[] bytes = digest.text().getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < digest.rounds(); round++) {
            if (round % LOOK_UP_EVERY == 0) {
                if (job.isCancelled()) {
                    return Outcome.cancelled();
                }
                job.progress(round, digest.rounds());
            }
            bytes = sha.digest(bytes);
        }
        job.progress(digest.rounds(), digest.rounds());
        return Outcome.completed(HexFormat.of().formatHex(bytes));
    }
}
