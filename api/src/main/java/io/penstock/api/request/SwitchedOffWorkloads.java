package io.penstock.api.request;

import io.penstock.api.problem.Problem;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.queue.WorkloadConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** The part of the API that belongs to a workload this deployment leaves out is not there. */
@ApplicationScoped
public class SwitchedOffWorkloads {

    private final Set<String> off;

    @Inject
    SwitchedOffWorkloads(WorkloadConfig workloads) {
        this.off = workloads.off();
    }

    @ServerRequestFilter
    public void refuse(ResourceInfo resource) {
        if (off.isEmpty() || resource.getResourceClass() == null) {
            return;
        }
        String name = resource.getResourceClass().getPackageName();
        String workload = name.substring(name.lastIndexOf('.') + 1);
        if (off.contains(workload)) {
            throw new ProblemException(Problem.of(
                    ProblemCode.NOT_FOUND, "the workload '" + workload + "' is switched off in this deployment"));
        }
    }
}
