package io.penstock.api;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Requests with the keys that tests use. */
public final class TestKeys {

    public static final String ADMIN = "admin-key-of-the-tests-0123456789";
    public static final String CRON = "cron-secret-of-the-tests";
    private static final Map<String, String> MINTED = new ConcurrentHashMap<>();

    private TestKeys() {}

    public static RequestSpecification with(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    public static RequestSpecification admin() {
        return with(ADMIN);
    }

    public static RequestSpecification operator() {
        return with(keyOf("operator"));
    }

    public static RequestSpecification viewer() {
        return with(keyOf("viewer"));
    }

    /** A key of this role: the environment's, or a stored one that all tests share. */
    public static String keyOf(String role) {
        return switch (role) {
            case "admin" -> ADMIN;
            case "cron" -> CRON;
            case "admin-stored" -> MINTED.computeIfAbsent(role, stored -> generator("admin"));
            default -> MINTED.computeIfAbsent(role, TestKeys::generator);
        };
    }

    public static String generator(String role) {
        return admin().contentType(ContentType.JSON)
                .body(Map.of("name", "a " + role + " of the tests", "role", role))
                .post("/api/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("key");
    }
}
