package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.job.WorkloadPart;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobTypesTest {

    private record Payload(int number) {}

    /** Forgets one of its types. */
    private static final class Forgetful implements JobTypeSource {

        static final JobType<Payload> LISTED = JobType.of("shop.listed", Payload.class);
        static final JobType<Payload> FORGOTTEN = JobType.of("shop.forgotten", Payload.class);

        @Override
        public List<JobType<?>> jobTypes() {
            return List.of(LISTED);
        }

        @Override
        public String workload() {
            return "shop";
        }
    }

    /** Belongs to the platform. */
    private static final class Platform implements JobTypeSource {

        @Override
        public List<JobType<?>> jobTypes() {
            return List.of(JobType.of("platform.own", Payload.class));
        }

        @Override
        public String workload() {
            return WorkloadPart.PLATFORM;
        }
    }

    private final List<JobTypeSource> sources = List.of(new Forgetful(), new Platform());

    @Test
    void aConstantThatItsSourceDoesNotListFailsTheStart() {
        assertThatThrownBy(() -> JobTypes.checkAllListed(new Forgetful()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shop.forgotten")
                .hasMessageContaining("FORGOTTEN");
        assertThatCode(() -> JobTypes.checkAllListed(new Platform())).doesNotThrowAnyException();
    }

    @Test
    void aPayloadThatIsNoRecordFailsTheStart() {
        JobTypes.checkPayload(Forgetful.LISTED);
        assertThatThrownBy(() -> JobTypes.checkPayload(JobType.of("shop.text", String.class)))
                .hasMessage("the payload of the job type 'shop.text' is java.lang.String, which is no record");
    }

    @Test
    void aConstantThatNobodyListsCannotBeUsed() {
        JobTypes types = new JobTypes(sources);

        types.requireListed(Forgetful.LISTED);
        assertThatThrownBy(() -> types.requireListed(Forgetful.FORGOTTEN))
                .isInstanceOf(UnknownJobTypeException.class)
                .hasMessage("unknown job type 'shop.forgotten': no JobTypeSource lists it");
    }

    @Test
    void aWorkloadThatIsSwitchedOffHasNoTypes() {
        JobTypes types = new JobTypes(sources, Set.of("shop"));

        assertThat(types.all()).extracting(JobType::name).containsExactly("platform.own");
        assertThat(types.isSwitchedOff(Forgetful.LISTED)).isTrue();
        assertThatThrownBy(() -> types.named("shop.listed"))
                .hasMessage("unknown job type 'shop.listed': its workload is switched off");
    }

    @Test
    void aSwitchThatMeetsNoWorkloadFailsTheStart() {
        JobTypes.checkNames(sources, Set.of("shop"));
        assertThatThrownBy(() -> JobTypes.checkNames(sources, Set.of("shpo")))
                .hasMessage("penstock.workload.shpo: no such workload can be switched; there are [shop]");
        assertThatThrownBy(() -> JobTypes.checkNames(sources, Set.of("platform")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWorkloadIsNamedAfterItsPackage() {
        JobTypeSource plain = () -> List.of();

        assertThat(plain.workload()).isEqualTo("queue");
    }

    @Test
    void twoTypesWithOneNameFailTheStart() {
        assertThatThrownBy(() -> new JobTypes(List.of(new Forgetful(), new Forgetful())))
                .hasMessageContaining("two job types are named 'shop.listed'");
    }
}
