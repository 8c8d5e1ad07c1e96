package io.penstock.common.orders;

import static io.penstock.common.orders.OrderRefusedException.Reason.FILE_STATE;
import static io.penstock.common.orders.OrderRefusedException.Reason.UNKNOWN;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Takes files, and says what they are for. The row comes first, then the object, then the row says that the object is there; only
 * then may anything refer to it. So whatever breaks off in between is a row that nothing refers to, with or without an object:
 * the cleanup finds it, and removes both.
 */
@ApplicationScoped
public class Uploads {

    /** Below the time that a caller of the API is let wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Logger LOG = Logger.getLogger(Uploads.class);

    private final ShopFiles files;
    private final ObjectStore objects;
    private final long maxSize;

    @Inject
    public Uploads(ShopFiles files, ObjectStore objects, OrdersConfig config) {
        this.files = files;
        this.objects = objects;
        this.maxSize = config.files().maxSize().asLongValue();
    }

    /** Bytes that a file may have. */
    public long maxSize() {
        return maxSize;
    }

    /**
     * Keeps a file. Called again it keeps another one, of which the cleanup removes what nothing refers to.
     *
     * <p>Fails with {@link InvalidOrderException} where it is no such picture or too large, and with
     * {@link FilesUnavailableException} where it could not be stored.
     */
    public Uni<ShopFile> upload(FileKind kind, ImageType type, byte[] content) {
        return Uni.createFrom().deferred(() -> {
            InvalidOrderException.require(content.length > 0, "body", "is missing");
            InvalidOrderException.require(content.length <= maxSize, "body", "must have at most " + maxSize + " bytes");
            InvalidOrderException.require(type.fits(content), "body", "is no " + type.mediaType());
            if (!objects.isPresent()) {
                throw notSetUp();
            }
            return files.begin(kind, type, content.length)
                    .call(file -> reached(objects.put(file.key(), type.mediaType(), content), "take file " + file.id()))
                    .chain(file -> files.stored(file.id()))
                    .map(file -> file.orElseThrow(() ->
                            new FilesUnavailableException("Storing the file took so long that it was given up.")));
        });
    }

    /** Fails with {@link OrderRefusedException} where there is none. */
    public Uni<ShopFile> find(long id) {
        return files.find(id).map(found -> found.orElseThrow(Uploads::unknown));
    }

    /** What the file holds. Fails as {@link #find} does, and with {@link FilesUnavailableException}. */
    public Uni<byte[]> content(ShopFile file) {
        if (!objects.isPresent()) {
            return Uni.createFrom().failure(notSetUp());
        }
        return reached(objects.get(file.key()), "show file " + file.id())
                .map(content -> content.orElseThrow(Uploads::unknown));
    }

    /** Makes it the poster of a concert, instead of another one. Fails with {@link OrderRefusedException}. */
    public Uni<ShopFile> makePoster(long id, long concertId) {
        return files.makePoster(id, concertId)
                .chain(done -> done ? find(id) : whyNot(id, FileKind.POSTER, "No concert has this id."));
    }

    /** Makes it the avatar of a user, instead of another one. Fails with {@link OrderRefusedException}. */
    public Uni<ShopFile> makeAvatar(long id, String email) {
        return Uni.createFrom().deferred(() -> {
            HoldRequest.requireEmail(email);
            return files.makeAvatar(id, email)
                    .chain(done -> done ? find(id) : whyNot(id, FileKind.AVATAR, "The file is being removed."));
        });
    }

    private Uni<ShopFile> whyNot(long id, FileKind kind, String otherwise) {
        return find(id).map(file -> {
            if (file.kind() != kind) {
                throw new OrderRefusedException(FILE_STATE, "The file was not uploaded as " + kind.wire() + ".");
            }
            if (!file.stored()) {
                throw new OrderRefusedException(FILE_STATE, "The upload of the file was not completed.");
            }
            throw new OrderRefusedException(UNKNOWN, otherwise);
        });
    }

    private static OrderRefusedException unknown() {
        return new OrderRefusedException(UNKNOWN, "No file has this id.");
    }

    private static FilesUnavailableException notSetUp() {
        return new FilesUnavailableException("No object store is set up (penstock.orders.files.endpoint).");
    }

    private static <T> Uni<T> reached(Uni<T> call, String what) {
        return call.ifNoItem()
                .after(PATIENCE)
                .fail()
                .onFailure()
                .invoke(failure -> LOG.warnf("the object store could not %s: %s", what, said(failure)))
                .onFailure()
                .transform(failure -> new FilesUnavailableException("The object store cannot be used now."));
    }

    private static String said(Throwable failure) {
        return failure instanceof TimeoutException
                ? "it did not answer within " + PATIENCE.toMillis() + " ms"
                : String.valueOf(failure.getMessage());
    }
}
