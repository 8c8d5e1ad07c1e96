package io.penstock.worker.products.analysis;

/** The provider answers with 429 because the account is empty: asking later helps nothing. */
final class NoCreditException extends RuntimeException {

    static final String WORDS = "the account at the language model's provider has no credit";

    NoCreditException() {
        super(WORDS, null, false, false);
    }
}
