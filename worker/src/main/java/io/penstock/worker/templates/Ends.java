package io.penstock.worker.templates;

import io.penstock.common.batch.ItemResult;
import io.penstock.common.templates.bulk.Resolution;
import java.util.UUID;

/** What becomes of items of bulk operations. */
final class Ends {

    /** What results call what an item was about. */
    static final String TARGET = "template";

    private Ends() {}

    /** The result of a change that is not made. */
    static ItemResult notMade(Resolution resolution, UUID id) {
        String text = resolution.text();
        return switch (resolution.decision()) {
            // The batch makes of it what its strategy says: skipped, or failed and the batch cancelled.
            case ABORT, SKIP -> ItemResult.conflict(text).of(TARGET, id.toString());
            case FAIL -> ItemResult.failed(text).of(TARGET, id.toString());
            case APPLY, APPLY_MERGED -> throw new IllegalStateException("a change that is made");
        };
    }

    /** The result of a change that was made. */
    static ItemResult made(Resolution resolution, UUID id, String what) {
        ItemResult result = ItemResult.completed().of(TARGET, id.toString()).counting(what, 1);
        if (resolution.decision() == Resolution.Decision.APPLY_MERGED) {
            result = result.counting("merged", 1);
        } else if (!resolution.resolved().isEmpty()) {
            result = result.counting("overridden", 1);
        }
        return result;
    }

    static ItemResult afterAbort(UUID id) {
        return ItemResult.skipped("the operation was aborted by a conflict before")
                .of(TARGET, id.toString());
    }
}
