package io.penstock.common;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.penstock.common.testing.NativeRules;
import java.security.SecureRandom;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The rules that hold for every module find what they are there for. */
class NativeRulesTest {

    @Test
    void aClassThatIsFoundByNameIsSeen() {
        assertThat(violations(NativeRules.whatIsLookedUpIsKnownToTheBuild(), ByName.class))
                .contains("Class.forName");
    }

    @Test
    void aRandomSourceInAConstantIsSeenThroughTheMethodThatMakesIt() {
        assertThat(violations(NativeRules.constantsHoldNothingOfOneRun(), Baked.class))
                .contains("SecureRandom");
    }

    @Test
    void whatALambdaDoesLaterIsNotSeen() {
        assertThat(violations(NativeRules.constantsHoldNothingOfOneRun(), Later.class))
                .isEmpty();
    }

    private static String violations(ArchRule rule, Class<?> type) {
        return String.join(
                "\n",
                rule.allowEmptyShould(true)
                        .evaluate(new ClassFileImporter().importClasses(type))
                        .getFailureReport()
                        .getDetails());
    }

    static final class ByName {
        static Class<?> find(String name) throws ClassNotFoundException {
            return Class.forName(name);
        }
    }

    static final class Baked {
        static final Random KEYS = make();

        private static Random make() {
            return new SecureRandom();
        }
    }

    static final class Later {
        static final Supplier<Random> KEYS = () -> new SecureRandom();
    }
}
