package com.example.invoices;

/** Payload of {@link InvoiceJobs#COUNT_OPEN}: there is nothing to say. */
public record CountOpen() {}
