package io.penstock.api.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.JsonFault;
import io.penstock.common.queue.PayloadCipher;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tells which jobs this deployment knows and what their payloads hold. */
@Path("/api/job-types")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobTypesResource {

    /** One job type. */
    @RegisterForReflection
    @Schema(name = "JobType")
    public record Described(
            String name,
            String queue,
            @Schema(description = "Fields of the payload, each with the form of its value") Map<String, String> payload,
            @Schema(description = "Of the payload's form; raised when old payloads no longer fit") int version,
            @Schema(description = "True when payloads and results are stored encrypted") boolean encrypted) {}

    /** All of them. */
    @RegisterForReflection
    @Schema(name = "JobTypes")
    public record Listed(List<Described> jobTypes) {}

    private final Listed listed;

    @Inject
    JobTypesResource(JobTypes types, ObjectMapper mapper, PayloadCipher cipher) {
        this.listed = new Listed(types.all().stream()
                .map(type -> new Described(
                        type.name(), type.queue(), fieldsOf(type, mapper), type.version(), cipher.covers(type)))
                .toList());
    }

    @GET
    @HeedsScope
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List the job types")
    public Listed list() {
        return listed;
    }

    private static Map<String, String> fieldsOf(JobType<?> type, ObjectMapper mapper) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (BeanPropertyDefinition property : mapper.getDeserializationConfig()
                .introspect(mapper.constructType(type.payloadClass()))
                .findProperties()) {
            fields.put(property.getName(), JsonFault.formOf(property.getRawPrimaryType()));
        }
        return fields;
    }
}
