package io.penstock.scheduler;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.penstock.common.testing.DependencyRules;
import io.penstock.common.testing.NativeRules;

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

    @ArchTest
    static final ArchRule PLATFORM = DependencyRules.platformNamesNoWorkload();

    @ArchTest
    static final ArchRule NATIVE_LOOKUPS = NativeRules.whatIsLookedUpIsKnownToTheBuild();

    @ArchTest
    static final ArchRule NATIVE_CONSTANTS = NativeRules.constantsHoldNothingOfOneRun();
}
