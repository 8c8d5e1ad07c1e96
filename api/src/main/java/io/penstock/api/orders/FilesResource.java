package io.penstock.api.orders;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.orders.FileKind;
import io.penstock.common.orders.ImageType;
import io.penstock.common.orders.ShopFile;
import io.penstock.common.orders.Uploads;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Takes pictures of users and concerts. */
@Path("/api/files")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Files", description = "Pictures of the ticket shop's users and concerts")
@NeedsDatabase
public class FilesResource {

    private final Uploads uploads;

    @Inject
    FilesResource(Uploads uploads) {
        this.uploads = uploads;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Upload a picture",
            description = "The body is the picture itself. One that is put to no use is removed by the cleanup. 503"
                    + " files-unavailable where it was not kept.")
    @Parameter(
            name = "kind",
            in = ParameterIn.QUERY,
            required = true,
            description = "What it is for",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"avatar", "poster"}))
    @APIResponse(
            responseCode = "201",
            description = "Kept",
            content = @Content(schema = @Schema(implementation = FileAnswer.class)))
    public Uni<RestResponse<FileAnswer>> upload(
            @Context UriInfo uri,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String mediaType,
            @RequestBody(
                            description = "The picture",
                            content = {
                                @Content(
                                        mediaType = "image/png",
                                        schema = @Schema(type = SchemaType.STRING, format = "binary")),
                                @Content(
                                        mediaType = "image/jpeg",
                                        schema = @Schema(type = SchemaType.STRING, format = "binary")),
                                @Content(
                                        mediaType = "image/webp",
                                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
                            })
                    byte @Nullable [] content) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "kind");
        FileKind kind = parameters
                .text("kind")
                .flatMap(FileKind::ofWire)
                .orElseThrow(() ->
                        QueryParameters.invalid("kind", "kind: must be one of " + String.join(", ", FileKind.wires())));
        ImageType type = Optional.ofNullable(mediaType)
                .flatMap(given -> ImageType.of(given.split(";", 2)[0].strip()))
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The picture must be a PNG, JPEG or WebP."));
        byte[] given = content == null ? new byte[0] : content;
        if (given.length > uploads.maxSize()) {
            throw ProblemException.of(
                    ProblemCode.PAYLOAD_TOO_LARGE, "The picture is larger than " + uploads.maxSize() + " bytes.");
        }
        return ShopRefusals.told(() -> uploads.upload(kind, type, given))
                .map(FileAnswer::of)
                .map(file -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, file)
                        .location(URI.create("/api/files/" + file.id()))
                        .build());
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one file")
    public Uni<FileAnswer> find(@Parameter(description = "Id of the file") @PathParam("id") String id) {
        long file = known(id);
        return ShopRefusals.told(() -> uploads.find(file)).map(FileAnswer::of);
    }

    @GET
    @Path("/{id}/content")
    @RolesAllowed(Role.VIEW)
    @Produces({"image/png", "image/jpeg", "image/webp"})
    @Operation(
            summary = "Get the picture itself",
            description = "It never changes: a file with this id has this content.")
    @APIResponse(
            responseCode = "200",
            description = "The picture",
            content = @Content(mediaType = "image/*", schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Uni<Response> content(@Parameter(description = "Id of the file") @PathParam("id") String id) {
        long file = known(id);
        return ShopRefusals.told(
                () -> uploads.find(file).chain(found -> uploads.content(found).map(content -> shown(found, content))));
    }

    /** Shown as what it was uploaded as. The framework finds the writer of bytes by what the answer holds, not by what is declared. */
    private static Response shown(ShopFile file, byte[] content) {
        return Response.ok(content)
                .header(
                        HttpHeaders.CONTENT_TYPE,
                        file.contentType() == null ? MediaType.APPLICATION_OCTET_STREAM : file.contentType())
                .build();
    }

    @PUT
    @Path("/{id}/use")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Say what a file is for",
            description = "It becomes the avatar of a user or the poster of a concert; the one before is removed by the"
                    + " cleanup. 409 file-state where it was uploaded as something else.")
    public Uni<FileAnswer> use(
            @Parameter(description = "Id of the file") @PathParam("id") String id, @Nullable FileUseBody body) {
        long file = known(id);
        FileUseBody use = Bodies.present("email", body);
        String email = use.email();
        Long concert = use.concertId();
        if (email != null && concert != null) {
            throw ProblemException.at(
                    "concertId", ProblemCode.INVALID_REQUEST, "concertId: must be absent where email is given");
        }
        return ShopRefusals.told(() -> concert == null
                        ? uploads.makeAvatar(file, Bodies.present("email", email))
                        : uploads.makePoster(file, concert))
                .map(FileAnswer::of);
    }

    /** What is no number is the id of no file. */
    private static long known(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw ProblemException.of(ProblemCode.NOT_FOUND, "No file has this id.");
        }
    }
}
