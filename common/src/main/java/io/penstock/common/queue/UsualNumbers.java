package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** Meets no number that is longer than people write, or has an exponent: what is to be thought of such ones is decided elsewhere. */
final class UsualNumbers extends JsonParserDelegate {

    private static final int LONGEST = 40;

    UsualNumbers(JsonParser parser) {
        super(parser);
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = delegate.nextToken();
        if (token == JsonToken.VALUE_NUMBER_FLOAT && isUnusual(delegate.getText())) {
            throw new JsonParseException(delegate, "an unusual number");
        }
        return token;
    }

    private static boolean isUnusual(String number) {
        return number.length() > LONGEST || number.indexOf('e') >= 0 || number.indexOf('E') >= 0;
    }
}
