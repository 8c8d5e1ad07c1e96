package io.penstock.bench;

/** How a Redis that is started here keeps what it holds. */
public enum AppendOnlyFile {
    OFF("off", "append-only file off"),
    EVERYSEC("everysec", "append-only file, appendfsync everysec");

    private final String label;
    private final String description;

    AppendOnlyFile(String label, String description) {
        this.label = label;
        this.description = description;
    }

    public String label() {
        return label;
    }

    public String description() {
        return description;
    }
}
