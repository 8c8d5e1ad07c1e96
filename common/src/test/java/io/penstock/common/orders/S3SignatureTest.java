package io.penstock.common.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.orders.ShopFiles.StoredObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to an object store, and what it answers. */
class S3SignatureTest {

    /** The example "Get Bucket (List Objects)" of Amazon's documentation of Signature Version 4. */
    @Test
    void signsAsTheDocumentationDoes() {
        S3Signature signature =
                new S3Signature("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");

        String header = signature.authorization(
                "GET",
                "/",
                new TreeMap<>(Map.of("max-keys", "2", "prefix", "J")),
                "examplebucket.s3.amazonaws.com",
                S3Signature.hash(new byte[0]),
                Instant.parse("2013-05-24T00:00:00Z"));

        assertThat(header)
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                        + " SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                        + " Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void encodesWhateverIsNotPlain() {
        assertThat(S3Signature.encode("a/b c+ü~")).isEqualTo("a%2Fb%20c%2B%C3%BC~");
    }

    @Test
    void readsAList() {
        ObjectStore.Page page = S3Listing.read(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>shop</Name>
                <NextContinuationToken>on</NextContinuationToken>
                <Contents><Key>avatars/a&amp;b</Key><LastModified>2026-01-31T08:00:00.000Z</LastModified></Contents>
                </ListBucketResult>"""
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(page.objects())
                .containsExactly(new StoredObject("avatars/a&b", Instant.parse("2026-01-31T08:00:00Z")));
        assertThat(page.next()).isEqualTo("on");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "<html/>",
                "<ListBucketResult><Contents>",
                "<ListBucketResult><LastModified>soon</LastModified></ListBucketResult>",
                "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><ListBucketResult><Key>&b;</Key></ListBucketResult>",
            })
    void refusesWhatIsNoList(String answer) {
        assertThatThrownBy(() -> S3Listing.read(answer.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UpstreamFaultException.class);
    }
}
