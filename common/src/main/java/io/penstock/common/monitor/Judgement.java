package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import java.util.List;

/** Says of a figure whether it is beyond its bound. Between the bound and a tenth below it nothing is said, so that alerts do not flutter. */
public final class Judgement {

    private static final double WELL = 0.9;

    private Judgement() {}

    /**
     * Judges one figure.
     *
     * @param text says the figure and the bound
     */
    public static List<Finding> of(String subject, Severity severity, double figure, double bound, String text) {
        if (figure > bound) {
            return List.of(Finding.wrong(subject, severity, text));
        }
        return figure <= WELL * bound ? List.of(Finding.well(subject, text)) : List.of();
    }
}
