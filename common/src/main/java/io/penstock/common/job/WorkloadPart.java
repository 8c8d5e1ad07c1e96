package io.penstock.common.job;

/**
 * What a workload declares. A workload is what one package holds; {@code penstock.workload.<name>.enabled=false} takes it
 * out of a deployment as a whole: its job types, its handlers, its schedules and its part of the API.
 */
public interface WorkloadPart {

    /** Of what belongs to the platform itself and cannot be switched off. */
    String PLATFORM = "platform";

    /** The last part of the name of the package, so that {@code com.acme.jobs.invoices} is {@code invoices}. */
    default String workload() {
        String name = getClass().getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
