package io.penstock.common.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A context of Vert.x that belongs to an event loop. The one type that knows Vert.x's inner interfaces and Netty's: which
 * loop a caller is on, and how to make a context on a given loop, cannot be asked of the public ones.
 *
 * <p>Two are equal when they stand for the same context. All methods may be called from any thread.
 */
public final class EventLoopContext {

    private final ContextInternal context;

    private EventLoopContext(ContextInternal context) {
        this.context = context;
    }

    /** A new context; Vert.x deals the event loops out in turn. */
    public static EventLoopContext create(Vertx vertx) {
        return new EventLoopContext(((VertxInternal) vertx).createEventLoopContext());
    }

    /**
     * A new context on the loop of all tasks that have little to do. A connection to PostgreSQL belongs to an event loop, so that
     * one of them does for all.
     */
    public static EventLoopContext background(Vertx vertx) {
        VertxInternal inner = (VertxInternal) vertx;
        EventLoop first = (EventLoop) inner.getEventLoopGroup().iterator().next();
        return new EventLoopContext(inner.createEventLoopContext(first, null, null));
    }

    /** The context that the caller runs in, without what belongs to one request; a new one where it runs in none. */
    public static EventLoopContext currentOrNew(Vertx vertx) {
        return new EventLoopContext(((ContextInternal) vertx.getOrCreateContext()).unwrap());
    }

    /** The event loop of the calling thread; null on any other thread, and outside of Vert.x. */
    public static @Nullable Loop currentLoop() {
        ContextInternal current = ContextInternal.current();
        return current != null && current.nettyEventLoop().inEventLoop()
                ? new Loop(current.nettyEventLoop(), current.owner())
                : null;
    }

    /** One executor per event loop of the process; each runs what it is given in turn. */
    public static List<Executor> allLoops(Vertx vertx) {
        List<Executor> loops = new ArrayList<>();
        for (EventExecutor loop : ((VertxInternal) vertx).getEventLoopGroup()) {
            loops.add(loop);
        }
        return loops;
    }

    /**
     * Runs the task at once, where the caller is, but in a context that is not shared: what is kept in the context of a whole
     * loop, such as the MDC, is lost with each step. A caller that has a context of its own keeps it.
     */
    public static void runUnshared(Runnable task) {
        ContextInternal current = ContextInternal.current();
        if (current == null || current.isDuplicate()) {
            task.run();
        } else {
            current.duplicate().dispatch(task);
        }
    }

    /** The event loop that it belongs to. */
    public Loop loop() {
        return new Loop(context.nettyEventLoop(), context.owner());
    }

    /** Whether the caller runs in an event loop's context, and on the loop of this one. */
    public boolean isOnThisLoop() {
        ContextInternal current = ContextInternal.current();
        return current != null
                && current.isEventLoopContext()
                && context.nettyEventLoop().inEventLoop();
    }

    /** Runs the action in this context, later. */
    public void runOnContext(Handler<Void> action) {
        context.runOnContext(action);
    }

    /** Runs the task on this loop: at once where the caller is on it, else later. */
    public void execute(Runnable task) {
        context.execute(task);
    }

    /** Runs the task in this context, at once; only for a caller on this loop. */
    public void dispatch(Runnable task) {
        context.dispatch(task);
    }

    /**
     * Calls the handler once, in this context.
     *
     * @param delayMs at least 1
     * @return for {@link #cancelTimer}
     */
    public long setTimer(long delayMs, Handler<Long> handler) {
        return context.setTimer(delayMs, handler);
    }

    /** Calls the handler again and again, in this context. */
    public long setPeriodic(long periodMs, Handler<Long> handler) {
        return context.setPeriodic(periodMs, handler);
    }

    /** True when the timer had not fired yet. */
    public boolean cancelTimer(long timer) {
        return context.owner().cancelTimer(timer);
    }

    /** Calls the handlers of its future where it is completed, not in this context. */
    public <T> Promise<T> promise() {
        return context.owner().promise();
    }

    /** Another context, on whichever loop is next in turn. */
    public EventLoopContext createAnother() {
        return new EventLoopContext(context.owner().createEventLoopContext());
    }

    /**
     * A context on the same loop for one job or request alone: what is kept in it is seen by nobody else, so that Quarkus
     * lets Hibernate Reactive use it.
     */
    public EventLoopContext newIsolated() {
        ContextInternal own = context.duplicate();
        VertxContextSafetyToggle.setContextSafe(own, true);
        return new EventLoopContext(own);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventLoopContext that && context == that.context;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(context);
    }

    /** One event loop; equal by loop. */
    public static final class Loop {

        private final EventLoop loop;
        private final VertxInternal vertx;

        private Loop(EventLoop loop, VertxInternal vertx) {
            this.loop = loop;
            this.vertx = vertx;
        }

        /** A new context on this loop. */
        public EventLoopContext newContext() {
            return new EventLoopContext(vertx.createEventLoopContext(loop, null, null));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Loop that && loop == that.loop;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(loop);
        }
    }
}
