package io.penstock.common.flow;

/** A bean that is told what the guards of this process do. On any thread; must not block, and must not fail. */
public interface GuardListener {

    void changed(GuardChange change);
}
