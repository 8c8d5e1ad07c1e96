package io.penstock.worker.examples;

import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.examples.Remark;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.GatheredJobHandler;
import io.penstock.worker.run.JobContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** A gathering handler: remarks are enqueued one by one and come together, as one call of an upstream would take them. */
@ApplicationScoped
class RemarkHandler implements GatheredJobHandler<Remark> {

    @Override
    public JobType<Remark> type() {
        return ExampleJobs.REMARK;
    }

    @Override
    public Uni<Outcome> handleAll(List<Remark> remarks, JobContext job) {
        remarks.forEach(remark -> job.log(remark.text()));
        return Uni.createFrom().item(Outcome.completed(remarks.size()));
    }
}
