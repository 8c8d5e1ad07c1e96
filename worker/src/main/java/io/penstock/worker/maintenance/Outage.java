package io.penstock.worker.maintenance;

/** Whether something is away, by looks that follow one another: what fails once is not, and what comes and goes stays away. */
final class Outage {

    private static final int FAILURES = 3;
    private static final int SUCCESSES = 2;

    /** What a look has changed. */
    enum Change {
        NONE,
        BEGUN,
        OVER
    }

    private int failures;
    private int successes;
    private boolean away;

    /** Notes one look. */
    Change look(boolean answers) {
        failures = answers ? 0 : failures + 1;
        successes = answers ? successes + 1 : 0;
        if (!away && failures >= FAILURES) {
            away = true;
            return Change.BEGUN;
        }
        if (away && successes >= SUCCESSES) {
            away = false;
            return Change.OVER;
        }
        return Change.NONE;
    }
}
