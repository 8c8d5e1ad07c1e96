package io.penstock.api.openapi;

import io.penstock.api.problem.Problem;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Says of every operation that its errors are problem documents, so that no resource has to repeat it. */
public class ProblemResponses implements OASFilter {

    @Override
    public Operation filterOperation(Operation operation) {
        APIResponses responses = operation.getResponses();
        if (responses != null) {
            responses.removeAPIResponse("400");
            responses.removeAPIResponse("401");
            responses.removeAPIResponse("403");
            responses.setDefaultValue(problem());
        }
        return operation;
    }

    private static APIResponse problem() {
        return OASFactory.createAPIResponse()
                .description("An error: 400 unacceptable request, 401 no valid key, 403 wrong role, 404 not found, "
                        + "413 too large, 429 too many requests, 503 a store is away")
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref("#/components/schemas/Problem"))));
    }
}
