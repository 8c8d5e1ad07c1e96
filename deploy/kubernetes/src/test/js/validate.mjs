// Checks each document of the files named as arguments against the schema of its kind, and prints what does not fit.
// Exit code 1: something does not fit. Schemas are those of the packages kubernetes-models and @kubernetes-models/*.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

async function model(apiVersion, kind) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const [home, path] = group === "keda.sh" ? ["@kubernetes-models/keda", `keda.sh/${version}`]
    : group === "monitoring.coreos.com" ? ["@kubernetes-models/prometheus-operator", `monitoring.coreos.com/${version}`]
    : ["kubernetes-models", group ? `${group}/${version}` : version];
  return (await import(`${home}/${path}`))[kind];
}

let bad = 0;
let seen = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    const object = document.toJS();
    const name = `${file}: ${object.kind} ${object.metadata?.name}`;
    seen++;
    try {
      const Model = await model(object.apiVersion, object.kind);
      if (!Model) {
        throw new Error("no schema for this kind");
      }
      new Model(object).validate();
    } catch (error) {
      bad++;
      console.error(`${name}: ${error.message}`);
    }
  }
}
console.log(`${seen} documents, ${bad} do not fit`);
process.exit(bad || !seen ? 1 : 0);
