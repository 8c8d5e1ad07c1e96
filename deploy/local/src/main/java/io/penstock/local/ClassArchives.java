package io.penstock.local;

import io.penstock.local.feed.Mischief;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;

/** Has each program of Penstock start once and end, on servers of its own, and write its {@link ClassArchive}. A step of the build, before programs are started many times. */
final class ClassArchives {

    private ClassArchives() {}

    public static void main(String[] args) {
        System.setProperty(ClassArchive.MAKE, "true");
        try (Teardown teardown = new Teardown()) {
            RunServices services = RunServices.lay(
                    new Options(true, 1, null, Map.of()), Installation.current(), Mischief.Plan.none(), teardown);
            Deployment deployment = new Deployment(services, HttpClient.newHttpClient(), teardown);
            // The API first: it makes the tables, which the others then find.
            RunningDeployable api = deployment.startApi(services.ports().next());
            api.awaitReady();
            List.of(deployment.startWorker(), deployment.startScheduler()).forEach(RunningDeployable::awaitReady);
        }
    }
}
