package io.penstock.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether idempotency keys did what they are for.
 *
 * @param jobs of calls with a key
 * @param repeated those of them whose call was made more than once
 * @param doubtful those of them of which a try failed that may have been accepted
 * @param twice calls that became two jobs although their key was there
 * @param forgotten the same, but a crash of Redis may have taken the key, by Redis's own promise
 * @param mayForget whether there is such a thing in this run
 */
record KeyAccount(int jobs, int repeated, int doubtful, List<String> twice, List<String> forgotten, boolean mayForget) {

    /** @param ids by tag, of all jobs that are known */
    static KeyAccount of(Evidence evidence, Map<String, Set<String>> ids) {
        int jobs = 0;
        int repeated = 0;
        int doubtful = 0;
        List<String> twice = new ArrayList<>();
        List<String> forgotten = new ArrayList<>();
        for (Evidence.Enqueue call : evidence.enqueues()) {
            if (call.repeated().isEmpty()) {
                continue;
            }
            Evidence.Tries tries = call.repeated().get();
            jobs++;
            repeated += tries.number() > 1 ? 1 : 0;
            doubtful += tries.unknown() > 0 ? 1 : 0;
            Set<String> became = ids.getOrDefault(call.tag(), Set.of());
            if (became.size() > 1) {
                (mayBeForgotten(evidence, call, tries) ? forgotten : twice).add(call.tag() + " is " + became);
            }
        }
        return new KeyAccount(jobs, repeated, doubtful, twice, forgotten, evidence.mayForgetMs() > 0);
    }

    /** A crash between the tries, or so soon before the last one was answered. */
    private static boolean mayBeForgotten(Evidence evidence, Evidence.Enqueue call, Evidence.Tries tries) {
        return evidence.mayForgetMs() > 0
                && evidence.intervals().stream()
                        .filter(crash -> crash.effect() == FaultInterval.Effect.CRASH_OF_STORE)
                        .anyMatch(crash -> crash.toMs() >= tries.firstMs() && crash.fromMs() <= call.atMs());
    }

    Account.Promise promise() {
        return new Account.Promise(
                "no idempotency key became two jobs" + (mayForget ? ", but where a crash may have taken it" : ""),
                twice);
    }
}
