package io.penstock.api.openapi;

import io.penstock.api.request.ListPage;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The head of the API's description. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Penstock",
                        version = "1",
                        description = "Enqueue background jobs, watch them, and act on queues. "
                                + "Errors are problem documents (RFC 9457) with a stable code. "
                                + "Fields may be added to answers; unknown fields in requests are refused.",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")),
        security = @SecurityRequirement(name = ApiDescription.KEY),
        components =
                @Components(
                        parameters = {
                            @Parameter(
                                    name = ListPage.LIMIT,
                                    in = ParameterIn.QUERY,
                                    description = "Rows per page",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.INTEGER,
                                                    minimum = "1",
                                                    maximum = "" + ListPage.MOST,
                                                    defaultValue = "" + ListPage.DEFAULT)),
                            @Parameter(
                                    name = ListPage.AFTER,
                                    in = ParameterIn.QUERY,
                                    description = "'next' of the page before, with the same filters",
                                    schema = @Schema(type = SchemaType.STRING)),
                            @Parameter(
                                    name = ListPage.BEFORE,
                                    in = ParameterIn.QUERY,
                                    description = "'next' of the page before, with the same filters",
                                    schema = @Schema(type = SchemaType.STRING))
                        }))
@SecurityScheme(
        securitySchemeName = ApiDescription.KEY,
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "An API key. Roles: viewer < operator < admin")
public class ApiDescription extends Application {

    static final String KEY = "key";
}
