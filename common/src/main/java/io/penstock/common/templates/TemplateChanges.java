package io.penstock.common.templates;

import io.penstock.common.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells the caches what a bulk operation changes, by a job of the outbox: it is in the transaction of the change, so that it is there exactly
 * where the change is, also after a kill, and runs when the change can be seen.
 */
@ApplicationScoped
public class TemplateChanges {

    private final @Nullable Outbox outbox;

    @Inject
    public TemplateChanges(@Nullable Outbox outbox) {
        this.outbox = outbox;
    }

    /** For programs without caches. */
    public static TemplateChanges untold() {
        return new TemplateChanges(null);
    }

    /**
     * Tells of templates that this transaction changes.
     *
     * @param ids those whose content changes; empty where some are only added
     */
    public Uni<Void> tell(SqlConnection transaction, String tenant, Collection<UUID> ids) {
        return outbox == null
                ? Uni.createFrom().voidItem()
                : outbox.enqueue(transaction, TemplateJobs.FORGET, new ForgetTemplates(tenant, List.copyOf(ids)))
                        .replaceWithVoid();
    }
}
