package io.penstock.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.local.LocalApi.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fills two tenants with course templates: a music school and a training company, each with categories, families of templates that inherit
 * from one another, hundreds of courses made in bulk, favourites, a bulk change that leaves out what is archived and can be brought back, and one
 * that the rules mostly stop. Everything goes through the API.
 */
final class TemplateLibrary {

    static final List<String> TENANTS = List.of("music-school", "training-co");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int IN_BULK = 300;
    private static final int ROOMS = 40;
    private static final int NO_CONTENT = 204;
    private static final List<String> STATUSES =
            List.of("active", "active", "draft", "active", "active", "archived", "active", "deprecated", "active");
    private static final List<String> LEVELS = List.of("beginner", "intermediate", "advanced", "expert");

    private static final Map<String, List<String>> SUBJECTS = Map.of(
            "music-school", List.of("Piano", "Violin", "Singing", "Drums", "Music theory"),
            "training-co", List.of("First aid", "Forklift", "Negotiation", "Spreadsheets", "Fire safety"));

    /** Of each subject, a level further down each. */
    private static final List<String> FAMILY = List.of("%s, basics", "%s in groups", "%s in groups, evenings");

    private final LocalApi api;
    private final ObjectMapper mapper = new ObjectMapper();

    TemplateLibrary(LocalApi api) {
        this.api = api;
    }

    /** Makes everything, and waits until it is there; how many templates there are. */
    int fill() {
        int made = 0;
        for (String tenant : TENANTS) {
            made += fill(tenant);
        }
        return made;
    }

    private int fill(String tenant) {
        int made = 0;
        List<String> leaves = new ArrayList<>();
        for (String subject : SUBJECTS.getOrDefault(tenant, List.of())) {
            String category = post(
                            "/api/templates/categories",
                            body(tenant).put("name", subject).put("colour", colour(subject)),
                            CREATED)
                    .path("id")
                    .asText();
            String parent = null;
            for (int level = 0; level < FAMILY.size(); level++) {
                parent = make(tenant, subject, category, parent, level);
                made++;
            }
            leaves.add(String.valueOf(parent));
        }
        List<String> ids = inBulk(tenant, leaves);
        ObjectNode dearer = mapper.createObjectNode().put("price", 29);
        change(tenant, "dearer next year", ids.subList(0, ids.size() / 3), id -> dearer);
        change(tenant, "rooms get numbers", ids.subList(ids.size() / 2, ids.size() / 2 + ROOMS), this::room);
        favour(tenant, leaves.subList(0, 2));
        return made + ids.size();
    }

    private String make(String tenant, String subject, String category, @Nullable String parent, int level) {
        ObjectNode template = mapper.createObjectNode()
                .put("name", FAMILY.get(level).formatted(subject))
                .put("kind", level == 0 ? "base" : "specialized")
                .put("status", "active");
        ObjectNode properties = template.putObject("dynamicProperties");
        if (parent == null) {
            template.put("description", subject + " for whoever begins: small steps, and something to show at the end.")
                    .put("categoryId", category)
                    .put("durationMinutes", 60)
                    .put("minParticipants", 1)
                    .put("maxParticipants", 2)
                    .put("price", 45)
                    .put("skillLevel", "beginner");
            properties.put("room", "A").putArray("aids").add("blackboard");
            ObjectNode rules = template.putObject("validationRules").put("type", "object");
            rules.putArray("required").add("room");
            rules.putObject("properties").putObject("room").put("type", "string");
        } else {
            template.put("parentId", parent).put("price", 45 - 12 * level).put("maxParticipants", 4 + 4 * level);
            properties.putArray("aids").add(level == 1 ? "chairs in a circle" : "lamp");
        }
        template.putArray("tags").add(subject.toLowerCase(Locale.ROOT)).add(level == 0 ? "single" : "group");
        ObjectNode body = body(tenant);
        body.set("template", template);
        String id = post("/api/templates", body, CREATED).path("id").asText();
        for (int use = 0; use < 4 * (level + 1); use++) {
            post(
                    "/api/templates/" + id + "/uses",
                    body(tenant).put("outcome", use % 4 == 3 ? "cancelled" : "held"),
                    CREATED);
        }
        return id;
    }

    private List<String> inBulk(String tenant, List<String> parents) {
        ObjectNode body = body(tenant).put("name", "courses of the term");
        ArrayNode templates = body.putArray("templates");
        for (int i = 0; i < IN_BULK; i++) {
            templates
                    .addObject()
                    .put("name", "Term course " + (i + 1))
                    .put("kind", "custom")
                    .put("status", STATUSES.get(i % STATUSES.size()))
                    .put("parentId", parents.get(i % parents.size()))
                    .put("skillLevel", LEVELS.get(i % LEVELS.size()))
                    .put("durationMinutes", 45 + 15 * (i % 6))
                    .putArray("tags")
                    .add("term");
        }
        JsonNode started = post("/api/templates/bulk/create", body, ACCEPTED);
        await(tenant, started);
        List<String> ids = new ArrayList<>();
        started.path("ids").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    /** The rules of their families ask for a text: whoever gets a number stays as it is. */
    private ObjectNode room(String id) {
        ObjectNode properties = mapper.createObjectNode();
        ObjectNode set = mapper.createObjectNode().set("dynamicProperties", properties);
        if (id.hashCode() % 3 == 0) {
            properties.put("room", "B 2");
        } else {
            properties.put("room", 2);
        }
        return set;
    }

    private void change(String tenant, String name, List<String> ids, Function<String, ObjectNode> set) {
        ObjectNode body = body(tenant).put("name", name);
        ArrayNode changes = body.putArray("changes");
        ids.forEach(id ->
                changes.addObject().put("id", id).put("expectedVersion", 1).set("set", set.apply(id)));
        await(tenant, post("/api/templates/bulk/update", body, ACCEPTED));
    }

    private void favour(String tenant, List<String> ids) {
        for (String id : ids) {
            String path = "/api/templates/" + id + "/favourite?tenant=" + tenant;
            if (api.put(path).status() != NO_CONTENT) {
                throw new LaunchException(path + " was refused");
            }
        }
    }

    private void await(String tenant, JsonNode started) {
        String operation =
                "/api/templates/bulk/operations/" + started.path("batchId").asText() + "?tenant=" + tenant;
        boolean done = Pause.until(() -> api.get(operation).path("progress").asInt() == 100, PATIENCE);
        if (!done) {
            throw new LaunchException(
                    "The templates of " + tenant + " are not made after " + PATIENCE.toSeconds() + " s");
        }
    }

    private ObjectNode body(String tenant) {
        return mapper.createObjectNode().put("tenant", tenant);
    }

    private JsonNode post(String path, ObjectNode body, int expected) {
        Answer answer = api.post(path, body.toString());
        if (answer.status() != expected) {
            throw new LaunchException(path + " answered " + answer.status() + " " + answer.body());
        }
        return answer.body();
    }

    private static String colour(String subject) {
        return "#%06x".formatted(subject.hashCode() & 0xFFFFFF);
    }
}
