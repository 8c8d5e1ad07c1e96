package io.penstock.api.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An order has been paid. */
@RegisterForReflection
@Schema(name = "Payment")
public record PayBody(
        @Schema(
                        required = true,
                        description = "Reference of the payment, 1 to 100 characters. A repetition with the same one is"
                                + " answered as the first; another one is refused.")
                @Nullable
                String payment) {}
