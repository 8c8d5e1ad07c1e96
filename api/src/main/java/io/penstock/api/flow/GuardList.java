package io.penstock.api.flow;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** All guards, by name. */
@RegisterForReflection
@Schema(name = "Guards")
record GuardList(List<GuardAnswer> guards) {}
