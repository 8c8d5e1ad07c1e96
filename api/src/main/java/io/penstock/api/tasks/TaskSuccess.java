package io.penstock.api.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The envelope of every good answer about schedules: data, or a message where there is nothing to show. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "TaskSuccess")
public record TaskSuccess<T>(@Schema(examples = "success") String status, @Nullable T data, @Nullable String message) {

    static <T> TaskSuccess<T> of(T data) {
        return new TaskSuccess<>("success", data, null);
    }

    static TaskSuccess<Void> saying(String message) {
        return new TaskSuccess<>("success", null, message);
    }
}
