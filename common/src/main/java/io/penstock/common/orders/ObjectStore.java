package io.penstock.common.orders;

import io.penstock.common.orders.ShopFiles.StoredObject;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where uploaded files are. */
public interface ObjectStore {

    /**
     * Some objects.
     *
     * @param next where the next page begins; null: there is none
     */
    record Page(List<StoredObject> objects, @Nullable String next) {}

    /** False where the deployment has none. */
    boolean isPresent();

    /** Objects whose key begins so, a page at a time; {@code from} null: the first. */
    Uni<Page> list(String prefix, @Nullable String from);

    /** Writes an object, whole or not at all. One with this key is replaced. */
    Uni<Void> put(String key, String contentType, byte[] content);

    /** What an object holds; empty where there is none. Fails where it is larger than anything that is put here. */
    Uni<Optional<byte[]>> get(String key);

    /** Deletes an object. One that is not there is deleted. */
    Uni<Void> delete(String key);

    /** Fails where the bucket cannot be used. */
    Uni<Void> check();
}
