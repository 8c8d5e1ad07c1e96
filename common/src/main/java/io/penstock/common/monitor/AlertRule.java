package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.smallrye.mutiny.Uni;
import java.util.List;

/**
 * Something that is looked at every minute, and that an alert tells of while it is wrong: a bean, of the platform or of a workload. One
 * that fails or takes longer than {@link #LIMIT_SECONDS} says nothing that minute.
 */
public interface AlertRule {

    int LIMIT_SECONDS = 5;

    /** How logs name it, such as {@code redis-memory}. */
    String name();

    /** What is wrong and what is well. Empty: too little is known to say either. */
    Uni<List<Finding>> judge();
}
