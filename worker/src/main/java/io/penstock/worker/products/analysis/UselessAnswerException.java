package io.penstock.worker.products.analysis;

/**
 * The model has answered, and must be paid for it, but the answer is of no use.
 */
final class UselessAnswerException extends RuntimeException {

    /** What is wrong with it, as the meter calls it. */
    enum Fault {
        NO_JSON("no_json", "it answered no JSON"),
        CUT_OFF("cut_off", "its answer was cut off"),
        OTHER_FORM("other_form", "its answer is of another form than was asked for"),
        TOO_LARGE("too_large", "its answer is too large"),
        REFUSED("refused", "it refused to answer");

        private final String code;
        private final String words;

        Fault(String code, String words) {
            this.code = code;
            this.words = words;
        }

        String code() {
            return code;
        }

        String words() {
            return words;
        }
    }

    private final Fault fault;
    private final int inputTokens;
    private final int outputTokens;

    UselessAnswerException(Fault fault, int inputTokens, int outputTokens) {
        super(fault.words(), null, false, false);
        this.fault = fault;
        this.inputTokens = inputTokens;
        this.outputTokens = outputTokens;
    }

    Fault fault() {
        return fault;
    }

    int inputTokens() {
        return inputTokens;
    }

    /** Negative: the service did not say. */
    int outputTokens() {
        return outputTokens;
    }
}
