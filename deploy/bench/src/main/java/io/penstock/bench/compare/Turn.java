package io.penstock.bench.compare;

/** One side goes once through one contest. */
record Turn(int round, Contest contest, Side side) {

    @Override
    public String toString() {
        return "round " + round + ", " + contest.scenarioOf(side) + ", " + side.title();
    }
}
