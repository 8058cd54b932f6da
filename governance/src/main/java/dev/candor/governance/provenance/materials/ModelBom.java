package dev.candor.governance.provenance.materials;

import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.materials.ModelMaterials.DataSetMaterial;
import dev.candor.governance.provenance.materials.ModelMaterials.Library;
import dev.candor.governance.provenance.materials.ModelMaterials.MaterialFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the bill of materials of a model: CycloneDX 1.7, JSON. The same materials at the same
 * instant are the same bytes. docs/reference/model-bom.md says where what is.
 */
public final class ModelBom {

  /** The reference of the model in a bill. */
  static final String MODEL = "model";

  private static final String PROGRAM = "candor";
  private static final String JAVA = "java";
  private static final String FORMAT = "CycloneDX";
  private static final String VERSION = "1.7";

  private final ModelMaterials materials;
  private final String at;

  private ModelBom(ModelMaterials materials, Instant at) {
    this.materials = materials;
    this.at = at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The bill as JSON. */
  public static byte[] json(ModelMaterials materials, Instant at) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsBytes(members(materials, at));
  }

  /** The bill as members of a JSON object. */
  public static Map<String, Object> members(ModelMaterials materials, Instant at) {
    return new ModelBom(materials, at).bom();
  }

  private Map<String, Object> bom() {
    Map<String, Object> rest = new LinkedHashMap<>();
    rest.put("metadata", metadata());
    List<Object> components = new ArrayList<>();
    components.add(model());
    materials.dataSets().forEach(set -> components.add(dataSet(set)));
    components.add(component("application", PROGRAM, materials.runtime().version()));
    components.add(component("platform", JAVA, materials.runtime().java()));
    materials.runtime().libraries().forEach(library -> components.add(library(library)));
    rest.put("components", components);
    rest.put("dependencies", dependencies());
    if (!materials.card().steps().isEmpty()) {
      rest.put("formulation", List.of(formula()));
    }
    rest.put("citations", citations());
    Map<String, Object> bom = new LinkedHashMap<>();
    bom.put("$schema", "http://cyclonedx.org/schema/bom-1.7.schema.json");
    bom.put("bomFormat", FORMAT);
    bom.put("specVersion", VERSION);
    bom.put("serialNumber", serialNumber(rest));
    bom.put("version", 1);
    bom.putAll(rest);
    return bom;
  }

  /** Of the content: another bill has another one, the same bill the same. */
  private static String serialNumber(Map<String, Object> content) {
    byte[] json = JsonMapper.shared().writeValueAsBytes(content);
    return "urn:uuid:" + UUID.nameUUIDFromBytes(json);
  }

  private Map<String, Object> metadata() {
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("type", "application");
    tool.put("bom-ref", "tool");
    tool.put("name", PROGRAM);
    tool.put("version", materials.runtime().version());
    Map<String, Object> use = new LinkedHashMap<>();
    use.put("type", "application");
    use.put("bom-ref", "use");
    use.put("name", materials.name() + ", computed by " + PROGRAM);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("timestamp", at);
    metadata.put("lifecycles", List.of(Map.of("phase", "operations")));
    metadata.put("tools", Map.of("components", List.of(tool)));
    metadata.put("component", use);
    return metadata;
  }

  private static Map<String, Object> component(String type, String name, String version) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", type);
    component.put("bom-ref", name);
    component.put("name", name);
    component.put("version", version);
    return component;
  }

  private Map<String, Object> model() {
    Map<String, Object> model = new LinkedHashMap<>();
    Optional<String> licence = known("licence");
    model.put("type", "machine-learning-model");
    model.put("bom-ref", MODEL);
    known("developed-by").ifPresent(who -> model.put("supplier", Map.of("name", who)));
    model.put("name", materials.name());
    known("version").ifPresent(version -> model.put("version", version));
    model.put("description", text("type"));
    if (isOneFile()) {
      model.put("hashes", hashes(materials.digest()));
    }
    licence.ifPresent(name -> model.put("licenses", Licences.of(name)));
    List<Object> files = new ArrayList<>();
    materials.files().forEach(file -> files.add(file(file)));
    if (!files.isEmpty()) {
      model.put("components", files);
    }
    model.put("modelCard", new BomModelCard(materials).members());
    List<Object> properties = new ArrayList<>();
    properties.add(property("digest", materials.digest()));
    properties.add(property("parameters", Long.toString(materials.parameters())));
    materials
        .bytesByFormat()
        .forEach((format, bytes) ->
            properties.add(property("weights:" + format + ":bytes", Long.toString(bytes))));
    properties.add(
        property(
            "contextTokens",
            materials.contextTokens().isPresent()
                ? Long.toString(materials.contextTokens().getAsLong())
                : Answer.UNKNOWN));
    properties.add(property("source", materials.source().orElse(Answer.UNKNOWN)));
    unknown(properties, "supplier", known("developed-by"));
    unknown(properties, "version", known("version"));
    unknown(properties, "licence", licence);
    model.put("properties", properties);
    return model;
  }

  /** Of a folder the digest is over those of its files, and no hash of anything that lies there. */
  private boolean isOneFile() {
    return materials.files().size() == 1;
  }

  private static void unknown(List<Object> properties, String name, Optional<String> value) {
    if (value.isEmpty()) {
      properties.add(property(name, Answer.UNKNOWN));
    }
  }

  private static Map<String, Object> file(MaterialFile file) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "file");
    component.put("bom-ref", "file:" + file.name());
    component.put("name", file.name());
    component.put("hashes", hashes(file.digest()));
    component.put("properties", List.of(property("bytes", Long.toString(file.sizeBytes()))));
    return component;
  }

  private static Map<String, Object> dataSet(DataSetMaterial set) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("type", "dataset");
    data.put("name", set.name());
    data.put("classification", String.join(", ", set.purposes()));
    if (set.aboutPeople()) {
      data.put("sensitiveData", List.of("rows name the people they are about"));
    }
    data.put(
        "governance",
        Map.of("custodians", List.of(Map.of("organization", Map.of("name", set.collectedBy())))));
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "data");
    component.put("bom-ref", reference(set));
    component.put("name", set.name());
    component.put("version", set.version());
    component.put("description", set.source());
    component.put("hashes", hashes(set.rowsDigest()));
    component.put("licenses", Licences.of(set.licence()));
    component.put("data", List.of(data));
    component.put(
        "properties",
        List.of(
            property("digest", set.digest()),
            property("rows", Long.toString(set.rows())),
            property("purposes", String.join(",", set.purposes()))));
    return component;
  }

  /** The reference of a data set in a bill. */
  static String reference(DataSetMaterial set) {
    return "data:" + set.digest();
  }

  private static Map<String, Object> library(Library library) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "library");
    component.put("bom-ref", reference(library));
    library.group().ifPresent(group -> component.put("group", group));
    component.put("name", library.name());
    library.version().ifPresent(version -> component.put("version", version));
    library.digest().ifPresent(digest -> component.put("hashes", hashes(digest)));
    if (library.group().isPresent() && library.version().isPresent()) {
      component.put("purl", purl(library));
    }
    List<Object> properties = new ArrayList<>();
    unknown(properties, "group", library.group());
    unknown(properties, "version", library.version());
    unknown(properties, "digest", library.digest());
    if (!properties.isEmpty()) {
      component.put("properties", properties);
    }
    return component;
  }

  private static String purl(Library library) {
    return "pkg:maven/"
        + library.group().orElseThrow()
        + "/"
        + library.name()
        + "@"
        + library.version().orElseThrow();
  }

  private static String reference(Library library) {
    return "library:" + library.name();
  }

  private List<Object> dependencies() {
    List<Object> dependencies = new ArrayList<>();
    dependencies.add(dependency("use", List.of(MODEL, PROGRAM)));
    dependencies.add(
        dependency(MODEL, materials.dataSets().stream().map(ModelBom::reference).toList()));
    List<String> below = new ArrayList<>(List.of(JAVA));
    materials.runtime().libraries().forEach(library -> below.add(reference(library)));
    dependencies.add(dependency(PROGRAM, below));
    return dependencies;
  }

  private static Map<String, Object> dependency(String of, List<String> on) {
    Map<String, Object> dependency = new LinkedHashMap<>();
    dependency.put("ref", of);
    dependency.put("dependsOn", on);
    return dependency;
  }

  private Map<String, Object> formula() {
    List<Object> steps = new ArrayList<>();
    materials
        .card()
        .steps()
        .forEach(step -> steps.add(Map.of("commands", List.of(Map.of("executed", step)))));
    Map<String, Object> workflow = new LinkedHashMap<>();
    workflow.put("bom-ref", "making");
    workflow.put(
        "uid",
        UUID.nameUUIDFromBytes(materials.digest().getBytes(StandardCharsets.US_ASCII)).toString());
    workflow.put("name", "How the model was made, as its card says");
    workflow.put("taskTypes", List.of("build"));
    workflow.put("steps", steps);
    return Map.of("workflows", List.of(workflow));
  }

  /** What this program has looked up, so that nobody takes it for what the maker says. */
  private List<Object> citations() {
    Map<String, Object> looked = new LinkedHashMap<>();
    looked.put("bom-ref", "looked-up");
    List<String> pointers = new ArrayList<>();
    if (isOneFile()) {
      pointers.add("/components/0/hashes");
    }
    if (!materials.files().isEmpty()) {
      pointers.add("/components/0/components");
    }
    pointers.add("/components/0/modelCard/modelParameters");
    looked.put("pointers", pointers);
    looked.put("timestamp", at);
    looked.put("attributedTo", "tool");
    looked.put("note", "Read from the files of the model.");
    return List.of(looked);
  }

  private static List<Object> hashes(String sha256) {
    Map<String, Object> hash = new LinkedHashMap<>();
    hash.put("alg", "SHA-256");
    hash.put("content", sha256);
    return List.of(hash);
  }

  /** A property in the name space of this program. */
  static Map<String, Object> property(String name, String value) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", "candor:" + name);
    property.put("value", value);
    return property;
  }

  private String text(String question) {
    return String.join(" ", materials.card().answer(question).texts());
  }

  private Optional<String> known(String question) {
    Answer answer = materials.card().answer(question);
    return answer.isUnknown() || answer.isEmpty() ? Optional.empty() : Optional.of(text(question));
  }
}
