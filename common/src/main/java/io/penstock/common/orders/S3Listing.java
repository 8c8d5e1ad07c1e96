package io.penstock.common.orders;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.orders.ShopFiles.StoredObject;
import java.io.ByteArrayInputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads what S3 answers to {@code ListObjectsV2}. */
final class S3Listing {

    private S3Listing() {}

    /** Fails with {@link UpstreamFaultException} where it is no such answer. */
    static ObjectStore.Page read(byte[] xml) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            return read(factory.createXMLStreamReader(new ByteArrayInputStream(xml)));
        } catch (XMLStreamException | DateTimeException e) {
            throw new UpstreamFaultException("the object store answered a list that cannot be read: " + e.getMessage());
        }
    }

    private static ObjectStore.Page read(XMLStreamReader xml) throws XMLStreamException {
        List<StoredObject> objects = new ArrayList<>();
        String next = null;
        String key = "";
        Instant modified = Instant.EPOCH;
        boolean isList = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "ListBucketResult" -> isList = true;
                    case "Key" -> key = xml.getElementText();
                    case "LastModified" -> modified = Instant.parse(xml.getElementText());
                    case "NextContinuationToken" -> next = xml.getElementText();
                    default -> {
                        // Of no interest.
                    }
                }
            } else if (event == XMLStreamConstants.END_ELEMENT
                    && xml.getLocalName().equals("Contents")) {
                objects.add(new StoredObject(key, modified));
            }
        }
        if (!isList) {
            throw new XMLStreamException("there is no ListBucketResult");
        }
        return new ObjectStore.Page(objects, next == null || next.isEmpty() ? null : next);
    }
}
