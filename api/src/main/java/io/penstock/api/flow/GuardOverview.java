package io.penstock.api.flow;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardForces;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.flow.UpstreamPolicies;
import io.penstock.common.flow.UpstreamPolicy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Brings together what is configured, decided and seen of the guards. */
@ApplicationScoped
class GuardOverview {

    private static final int AT_ONCE = 8;

    private final UpstreamPolicies policies;
    private final GuardForces forces;
    private final GuardBoard board;
    private final RateLimiter limiter;

    @Inject
    GuardOverview(UpstreamPolicies policies, GuardForces forces, GuardBoard board, RateLimiter limiter) {
        this.policies = policies;
        this.forces = forces;
        this.board = board;
        this.limiter = limiter;
    }

    private record Seen(List<GuardForce> forces, List<GuardReport> reports) {

        Set<String> names(Set<String> configured) {
            Set<String> names = new TreeSet<>(configured);
            forces.forEach(force -> names.add(force.guard()));
            reports.forEach(report -> names.add(report.guard()));
            return names;
        }
    }

    Uni<List<GuardAnswer>> all() {
        return seen().chain(seen -> Uni.join()
                .all(seen.names(policies.configured()).stream()
                        .map(name -> answer(name, seen))
                        .toList())
                .usingConcurrencyOf(AT_ONCE)
                .andFailFast());
    }

    /** Fails with a 404 problem for a guard that nobody knows: a typing error must not look like success. */
    Uni<GuardAnswer> one(String name) {
        return seen().chain(seen -> {
            Set<String> known = seen.names(policies.configured());
            if (!known.contains(name)) {
                throw ProblemException.of(
                        ProblemCode.UNKNOWN_GUARD,
                        "No guard has this name: it is not configured, and no process has used it within two minutes. "
                                + "There are: " + String.join(", ", known));
            }
            return answer(name, seen);
        });
    }

    private Uni<Seen> seen() {
        // Whoever forces a guard must be able to while Redis is away.
        return Uni.combine()
                .all()
                .unis(forces.all(), board.all().onFailure().recoverWithItem(List.of()))
                .with(Seen::new);
    }

    private Uni<GuardAnswer> answer(String name, Seen seen) {
        UpstreamPolicy policy = policies.of(name);
        Optional<GuardForce> force =
                seen.forces().stream().filter(each -> each.guard().equals(name)).findFirst();
        List<GuardReport> reports = seen.reports().stream()
                .filter(report -> report.guard().equals(name))
                .toList();
        return limiter.look("upstream:" + name, policy.rateLimit())
                .map(Optional::of)
                .onFailure()
                .recoverWithItem(Optional.empty())
                .map(permits -> GuardAnswer.of(policy, force, reports, permits));
    }
}
