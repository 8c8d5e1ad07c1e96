package io.penstock.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Failures inside resources become problems. The framework maps some kinds itself unless they are named here one by one;
 * what each means is decided in {@link Problems}.
 */
public final class ProblemMappers {

    @ServerExceptionMapper({
        AuthenticationFailedException.class,
        UnauthorizedException.class,
        ForbiddenException.class,
        NotFoundException.class,
        WebApplicationException.class,
        MismatchedInputException.class,
        JsonProcessingException.class,
        Throwable.class
    })
    public Response answer(Throwable failure, HttpServerRequest request) {
        Answer answer = Problems.answerTo(failure, request.method() + " " + request.path());
        return toResponse(answer, request.path());
    }

    private static Response toResponse(Answer answer, String path) {
        Response.ResponseBuilder response = Response.status(answer.problem().status())
                .type(answer.mediaType(path))
                .entity(answer.body(path));
        answer.headers().forEach(response::header);
        return response.build();
    }
}
