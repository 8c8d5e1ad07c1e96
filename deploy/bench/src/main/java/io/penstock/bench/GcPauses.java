package io.penstock.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** How often and how long this JVM stood still to collect garbage, in milliseconds, from the opening of this to its close. */
final class GcPauses implements AutoCloseable, NotificationListener {

    private final List<NotificationEmitter> collectors = new ArrayList<>();
    private long count;
    private long total;
    private long most;

    GcPauses() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            NotificationEmitter emitter = (NotificationEmitter) collector;
            emitter.addNotificationListener(
                    this,
                    notification -> notification
                            .getType()
                            .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
                    null);
            collectors.add(emitter);
        }
    }

    @Override
    public synchronized void handleNotification(Notification notification, Object handback) {
        long millis = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                .getGcInfo()
                .getDuration();
        count++;
        total += millis;
        most = Math.max(most, millis);
    }

    synchronized Figures fill(Figures figures) {
        return figures.with(Field.GC_COUNT, count).with(Field.GC_TOTAL, total).with(Field.GC_MOST, most);
    }

    @Override
    public void close() {
        for (NotificationEmitter collector : collectors) {
            try {
                collector.removeNotificationListener(this);
            } catch (ListenerNotFoundException e) {
                throw new IllegalStateException("was added when this was opened", e);
            }
        }
    }
}
