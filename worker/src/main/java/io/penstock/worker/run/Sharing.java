package io.penstock.worker.run;

/** How the queues of one worker share its slots while there are more jobs than slots. */
public enum Sharing {
    /** In proportion to the weights of the queues that have work. No queue starves. */
    WEIGHTED,
    /** The heaviest queue that has work takes every slot. Queues behind it wait for as long as it has work. */
    STRICT
}
