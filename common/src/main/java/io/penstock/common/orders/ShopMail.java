package io.penstock.common.orders;

/** A mail whose sending the caller has claimed. */
public record ShopMail(long id, String about, String recipient, String subject, String body) {}
