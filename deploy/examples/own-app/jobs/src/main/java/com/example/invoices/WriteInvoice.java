package com.example.invoices;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/** Payload of {@link InvoiceJobs#WRITE}. */
public record WriteInvoice(@NotBlank String order, @Positive long cents) {}
