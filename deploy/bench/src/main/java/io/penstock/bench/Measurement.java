package io.penstock.bench;

/** How one scenario is measured. Starts and ends with an empty queue; the run cleans up behind it. */
interface Measurement {

    Figures measure(Run run);
}
