package io.penstock.bench.compare;

/** How Penstock's figure must stand to that of the side it is compared with. */
record Target(Bound bound, double ratio) {

    enum Bound {
        AT_LEAST("≥"),
        AT_MOST("≤");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }
    }

    static Target atLeast(double ratio) {
        return new Target(Bound.AT_LEAST, ratio);
    }

    static Target atMost(double ratio) {
        return new Target(Bound.AT_MOST, ratio);
    }

    boolean isMetBy(double measured) {
        return switch (bound) {
            case AT_LEAST -> measured >= ratio;
            case AT_MOST -> measured <= ratio;
        };
    }

    @Override
    public String toString() {
        return bound.sign + " " + Figure.inThreeDigits(ratio);
    }
}
