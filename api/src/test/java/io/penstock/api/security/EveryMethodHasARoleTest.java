package io.penstock.api.security;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.penstock.api.products.UnsubscribeResource;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A method without a role is denied anyway; this finds it before a caller does. */
@AnalyzeClasses(packages = "io.penstock.api", importOptions = ImportOption.DoNotIncludeTests.class)
class EveryMethodHasARoleTest {

    @ArchTest
    static final ArchRule everyResourceMethodNamesItsRoles = methods()
            .that()
            .areAnnotatedWith(GET.class)
            .or()
            .areAnnotatedWith(POST.class)
            .or()
            .areAnnotatedWith(PUT.class)
            .or()
            .areAnnotatedWith(PATCH.class)
            .or()
            .areAnnotatedWith(DELETE.class)
            .or()
            .areAnnotatedWith(HEAD.class)
            .or()
            .areAnnotatedWith(OPTIONS.class)
            .should()
            .beAnnotatedWith(RolesAllowed.class)
            .orShould()
            .beAnnotatedWith(PermitAll.class)
            .andShould()
            .beAnnotatedWith(Operation.class);

    @ArchTest
    static final ArchRule nothingIsOpenButLoggingInAndOutAndLinksOfMails = methods()
            .that()
            .areNotDeclaredIn(SessionResource.class)
            .and()
            .areNotDeclaredIn(UnsubscribeResource.class)
            .should()
            .notBeAnnotatedWith(PermitAll.class)
            .andShould()
            .notBeAnnotatedWith(DenyAll.class);
}
