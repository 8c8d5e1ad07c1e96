package io.penstock.common.orders;

/**
 * A mail to be sent once.
 *
 * @param about what makes it the only one of its kind, such as {@code expired:<order>}
 * @param subject one line
 */
record NewMail(String about, String recipient, String subject, String body) {}
