package io.penstock.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.penstock.common.testing.DependencyRules;
import io.penstock.common.testing.NativeRules;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Who may import whom, checked over everything this module is built from. */
@AnalyzeClasses(packages = "io.penstock", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule VOCABULARY = DependencyRules.vocabularyDependsOnTheJdkAlone();

    @ArchTest
    static final ArchRule REDIS = DependencyRules.onlyRedisPackagesKnowRedis();

    @ArchTest
    static final ArchRule DEPLOYABLES = DependencyRules.deployablesDoNotKnowOneAnother();

    @ArchTest
    static final ArchRule WORKLOADS = DependencyRules.workloadsKnowOnlyEachOthersJobTypes();

    /** In an application of somebody else what Quarkus generates is loaded apart from this library. */
    @ArchTest
    static final ArchRule WHAT_REST_CALLS = methods()
            .that()
            .areAnnotatedWith(ServerExceptionMapper.class)
            .or()
            .areAnnotatedWith(ServerRequestFilter.class)
            .or()
            .areAnnotatedWith(ServerResponseFilter.class)
            .should()
            .bePublic()
            .andShould()
            .beDeclaredInClassesThat()
            .arePublic();

    @ArchTest
    static final ArchRule PLATFORM = DependencyRules.platformNamesNoWorkload();

    @ArchTest
    static final ArchRule NATIVE_LOOKUPS = NativeRules.whatIsLookedUpIsKnownToTheBuild();

    @ArchTest
    static final ArchRule NATIVE_CONSTANTS = NativeRules.constantsHoldNothingOfOneRun();
}
