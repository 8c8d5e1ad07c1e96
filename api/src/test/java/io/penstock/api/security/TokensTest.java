package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tokens of an OpenID Connect provider, whose public key the configuration of the tests names. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TokensTest {

    /** Of these tests alone. */
    private static final String PRIVATE_KEY =
            "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCzhNExaHPhQRRPi0EoYZs/yI5ZiJ3RDkS7D1K0Yf"
                    + "x3v2Anaw9PxXbMYPhmximTuM+6nSoe5xI+CVc+Xo1Y+R3nc6NzgNd1OkPPKgzNplYDSGTpBH9t9BUwLgiRL9QUkXV0"
                    + "9nihCZnU7lsYO3ArftWYUJx3wt65tOmraqnV44HaYyZf8EOUllLeOdx0eOA08OhEBlNDnIQB0fTDKGapGG6LDCF7km"
                    + "ZzhfX5VEdogVxmeJpmFqEX8UfkXQxpmcQh9QltYq0jYcPRl3EEylgBHdeYnUdsDEHuSfSvsFFsHQSzgT+N2E/rQIuD"
                    + "+TdEdOJelYycBdb2uMJFpCpQRX9N6+L3AgMBAAECggEAAeTnXimXe2t33uT9wYLSJAimM9ykqaWIZR7ixQN5qfvLdG"
                    + "8FQNa5C6wEQvVZT/U1v+bToHLYtu3bTU2rGSK7xYrrURctbs+4EnIDo5HbO3qikfDZtVvLc3Aw5/NEvhjQz/Sfzjcv"
                    + "N9dx/53074iNkWdcV0knl3cItiXQd/DIGHlJ0mG5gfh9Dayrj7TIvZt6mpeWJuZuIhNG7JnGFtqYyAL5DBNv/z+eIH"
                    + "ef7T4GrrVoukc3TRLDk3K0gXFBCYg+gl1+34KbHZyEQptOX6a9kvRoVv2WayamviFkfyYlPrv7QV1oPE8ZZB8QxukL"
                    + "UJ2IqxuJKhhEpMGa7LzIDpxZgQKBgQDbw+KDNTISREnB3SM5ZkweqLHlIrUmzHBCefeoxL3ZCBO05QrJpkQY3VqTjF"
                    + "ERP7CHety1a4Ckg4lMewQ42Du4WeQj1BhP4N8nknNQK2S07O93hFJvYKsE6BPL+yEM9URCrr1EMaYUqBIgLcxVa04R"
                    + "e1PSU6IPX6tJOoukqx+XgQKBgQDRHipMbLh3VP8CksOfoNdtlVYBehgIzHXffyru5cQLMrnWQ8smFKpPGjdhuQlDqQ"
                    + "+7qkZ6d6k5mtiUYLKc87snBFBbZs2SN5DoOJAM2TKqdx2xB8ag21bI/Q5/sA1oJXFgVGbmzyL/Yn1u1k7gX58dmPAc"
                    + "1mM+dVYa5VZX/ed2dwKBgQC6FarGWRPV3dbqfdpmrxVDXKqNkA7+FFv2Hhqz4Cu1Cx7MrKiuyMeemkgo6cZ3KYvLnC"
                    + "Aoyid6phprFTsk+wvOdOc141DWyl2Kv3o+5w92F65JcFTxFFSbafvhW/rHYyLyp82BYdz0XsBCWSVNKvhG2zvFu6Vd"
                    + "CTAbaKR3waKVgQKBgEGNczUB39GIk2f7GdewU9fGOG++FkqrzUeCVbMN06avABJqrgQB9mFVlobLulu7Y3MwrWc2m5"
                    + "WzNLFOnq8UuFZCw+3jDA4J3SLumDlu3LMTI/uatGk4WLwol6LvTUSYeDH6Q0eXJyFnfmqAQ7mSQA7HIn3ntrSdk6Ba"
                    + "w/ZRYX2BAoGBALv5OQMeiSmj8ETzDP3wL/I6ZWAmeKFWv6PDRiIbx4w6mQdIgTeGWpHRkaqYlBM4mORrBK8KskUG2m"
                    + "pI+1yx3DPqrC1FdYzFWJBDtYwaXyPyO1eNEqGQfExz8UXgN8KWSWe02YUS2pC0+me8mSUDp52VnmwvNmvAJ+StmBn+"
                    + "dx6s";

    private static final String ISSUER = "https://issuer.test";

    @Test
    void aTokenGetsAsFarAsItsRole() throws Exception {
        String viewer = token("\"groups\":[\"viewer\",\"something-else\"]");
        TestKeys.with(viewer).get("/api/queues").then().statusCode(200);
        TestKeys.with(viewer)
                .get("/api/session")
                .then()
                .statusCode(200)
                .body("kind", equalTo("token"))
                .body("id", equalTo("token:ada"))
                .body("name", equalTo("ada"))
                .body("role", equalTo("viewer"));
        TestKeys.with(viewer).post("/api/queues/unknown/pause").then().statusCode(403);
        TestKeys.with(viewer).get("/q/metrics").then().statusCode(200);

        String admin = token("\"groups\":[\"viewer\",\"admin\"]");
        TestKeys.with(admin).get("/api/users").then().statusCode(200);
        TestKeys.with(admin).post("/api/queues/unknown/pause").then().statusCode(404);
    }

    @Test
    void aTokenWithoutOneOfOurRolesMayDoNothing() throws Exception {
        String token = token("\"groups\":[\"cron\",\"root\",\"ADMIN\"]");

        for (String path : new String[] {"/api/queues", "/api/session", "/q/metrics", "/api/cron"}) {
            TestKeys.with(token).get(path).then().statusCode(403);
        }
    }

    @Test
    void whatTheProviderDidNotSignIsRefused() throws Exception {
        String good = token("\"groups\":[\"admin\"]");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String[] parts = good.split("\\.");

        refused(token(generator.generateKeyPair().getPrivate(), payload(ISSUER, 600, "\"groups\":[\"admin\"]")));
        refused(token(key(), payload(ISSUER, -600, "\"groups\":[\"admin\"]")));
        refused(token(key(), payload("https://other.test", 600, "\"groups\":[\"admin\"]")));
        refused(parts[0] + "." + encoded(payload(ISSUER, 600, "\"groups\":[\"admin\",\"x\"]")) + "." + parts[2]);
        refused(encoded("{\"alg\":\"none\"}") + "." + parts[1] + ".");
        refused("eyJ.eyJ.eyJ");
        TestKeys.with(good).get("/api/users").then().statusCode(200);
    }

    private static void refused(String token) {
        ValidatableResponse answer = TestKeys.with(token).get("/api/queues").then();
        answer.statusCode(401).body("code", equalTo("unauthorized"));
        assertThat(answer.extract().header("WWW-Authenticate")).startsWith("Bearer");
    }

    private static String token(String claims) throws Exception {
        return token(key(), payload(ISSUER, 600, claims));
    }

    private static String payload(String issuer, int seconds, String claims) {
        long now = Instant.now().getEpochSecond();
        return "{\"iss\":\"%s\",\"sub\":\"ada\",\"iat\":%d,\"exp\":%d,%s}"
                .formatted(issuer, now + Math.min(0, seconds) - 1, now + seconds, claims);
    }

    private static String token(PrivateKey key, String payload) throws Exception {
        String signed = encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encoded(payload);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static PrivateKey key() throws Exception {
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(PRIVATE_KEY)));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
