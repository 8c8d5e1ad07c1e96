package io.penstock.api.products;

import io.penstock.api.audit.Unaudited;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.flow.CallerLimits;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.RemoteAddress;
import io.penstock.common.products.ProductUsers;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * The link at the end of each mail. Whoever has it may stop the mails, without logging in: the token in it is 244 random bits of that user
 * alone. Looking at the link changes nothing, since programs that check mails for harm look at every link; the button of a mail program
 * posts (RFC 8058), as the page's own button does.
 */
@Path("/api/products/unsubscribe/{token}")
@ApplicationScoped
@Tag(name = "Product users", description = "Those who track products. They are not the users of the console")
@NeedsDatabase
public class UnsubscribeResource {

    /** The sandbox keeps the page from sending cookies with its form: it acts for whoever has the link, never for who is logged in. */
    private static final String PAGE_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox allow-forms";

    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>Mails about products</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem; }
            button { font: inherit; padding: .5rem 1rem; cursor: pointer; }
            </style>
            </head>
            <body>
            <h1>Mails about products</h1>
            %s
            </body>
            </html>
            """;

    private static final String ASK =
            """
            <p>No more mails about the products that you track?</p>
            <form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Stop the mails</button></form>
            """;

    private static final String DONE =
            "<p role=\"status\">You get no more mails about the products that you track.</p>";
    private static final String UNKNOWN =
            "<p role=\"alert\">This link is not complete, or belongs to nobody any more. Copy it whole from the latest mail.</p>";

    private final ProductUsers users;
    private final CallerLimits limits;

    @Inject
    UnsubscribeResource(ProductUsers users, CallerLimits limits) {
        this.users = users;
        this.limits = limits;
    }

    @GET
    @PermitAll
    @SecurityRequirements
    @Operation(
            summary = "Look at the link that stops mails",
            description = "A page that asks. Changes nothing. 404 where the link belongs to nobody.")
    public Uni<RestResponse<String>> ask(
            @Parameter(description = "From the mail") @PathParam("token") String token, @Context RoutingContext http) {
        return limits.permitLookUp(RemoteAddress.of(http))
                .chain(() -> users.knowsToken(token))
                .map(known -> page(known, ASK, http));
    }

    @POST
    @PermitAll
    @Unaudited
    @SecurityRequirements
    @Operation(
            summary = "Stop the mails to whom a link belongs",
            description =
                    "As buttons of mail programs do it (RFC 8058); whatever is sent with it is not looked at. Once or"
                            + " often is the same. 404 where the link belongs to nobody.")
    public Uni<RestResponse<String>> unsubscribe(
            @Parameter(description = "From the mail") @PathParam("token") String token, @Context RoutingContext http) {
        return limits.permitLookUp(RemoteAddress.of(http))
                .chain(() -> users.unsubscribe(token))
                .map(known -> page(known, DONE, http));
    }

    private static RestResponse<String> page(boolean known, String text, RoutingContext http) {
        String accepted = http.request().getHeader("Accept");
        if (!known && (accepted == null || !accepted.contains(MediaType.TEXT_HTML))) {
            throw ProblemException.of(ProblemCode.NOT_FOUND, "This link belongs to nobody.");
        }
        // In place of those that all answers have.
        http.response()
                .putHeader("Content-Security-Policy", PAGE_POLICY)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-store");
        return RestResponse.ResponseBuilder.create(
                        known ? RestResponse.Status.OK : RestResponse.Status.NOT_FOUND,
                        PAGE.formatted(known ? text : UNKNOWN))
                .type(MediaType.TEXT_HTML + ";charset=UTF-8")
                .build();
    }
}
