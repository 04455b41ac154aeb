package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** reports/run.schema.json is what the records of a run make. */
public class RunSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RULE = "^[A-Z]+-[1-9][0-9]?$";

  /** Given to the build, writes the schema anew. */
  private static final String WRITE = "daxcheck.schema";

  private static Optional<Form> form(FieldScope field) {
    return Optional.ofNullable(field.getAnnotationConsideringFieldAndGetter(Form.class));
  }

  private static <T> Optional<T> form(
      FieldScope field, Function<Form, T> member, Predicate<T> isSaid) {
    return form(field).map(member).filter(isSaid);
  }

  private static boolean isNumber(FieldScope field) {
    return field.getType().isInstanceOf(Number.class)
        || field.getType().getErasedType() == int.class
        || field.getType().getErasedType() == double.class;
  }

  /** How a value looks that has a text of its own. */
  private static Optional<ObjectNode> text(Class<?> type) {
    if (type == RuleId.class) {
      return Optional.of(string().put("pattern", RULE));
    }
    if (type == Instant.class) {
      return Optional.of(string().put("format", "date-time").put("pattern", "Z$"));
    }
    if (type == LocalDate.class) {
      return Optional.of(string().put("format", "date"));
    }
    if (type == TargetKind.class) {
      return Optional.of(words(TargetKind.values(), TargetKind::text));
    }
    if (type == Cause.class) {
      return Optional.of(words(Cause.values(), Cause::text));
    }
    if (type == ExitCode.class) {
      return Optional.of(words(ExitCode.values(), ExitCode::text));
    }
    if (type == Status.class) {
      return Optional.of(words(Status.values(), s -> s.name().toLowerCase(Locale.ROOT)));
    }
    if (type == Aspect.class) {
      return Optional.of(words(Aspect.values(), Aspect::text));
    }
    if (type == Step.Kind.class) {
      return Optional.of(
          words(Step.Kind.values(), k -> k.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
    return Optional.empty();
  }

  private static ObjectNode string() {
    return JSON.createObjectNode().put("type", "string");
  }

  private static <T> ObjectNode words(T[] values, Function<T, String> text) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode words = node.putArray("enum");
    Arrays.stream(values).map(text).forEach(words::add);
    return node;
  }

  private static JsonNode made() throws IOException {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(JSON, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(new JacksonModule())
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
            .without(Option.FLATTENED_OPTIONALS);
    config
        .forFields()
        .withRequiredCheck(
            f ->
                f.getDeclaredType().getErasedType() != Optional.class
                    && !form(f).filter(Form::optional).isPresent())
        .withNullableCheck(f -> false)
        .withTargetTypeOverridesResolver(
            f ->
                f.getType() != null && f.getType().getErasedType() == Optional.class
                    ? f.getType().getTypeParameters()
                    : null)
        .withDescriptionResolver(
            f ->
                f.isFakeContainerItemScope()
                    ? null
                    : form(f, Form::value, v -> !v.isEmpty()).orElse(null))
        .withStringPatternResolver(
            f ->
                f.getType().getErasedType() == String.class
                    ? form(f, Form::pattern, p -> !p.isEmpty()).orElse(null)
                    : null)
        .withStringMinLengthResolver(
            f ->
                f.getType().getErasedType() == String.class
                    ? form(f, Form::least, n -> n > 0).orElse(null)
                    : null)
        .withNumberInclusiveMinimumResolver(
            f -> isNumber(f) ? BigDecimal.valueOf(form(f).map(Form::min).orElse(0)) : null)
        .withNumberInclusiveMaximumResolver(
            f ->
                form(f, Form::max, n -> n < Integer.MAX_VALUE)
                    .map(BigDecimal::valueOf)
                    .orElse(null));
    config
        .forTypesInGeneral()
        .withPropertySorter((one, other) -> 0) // as they are declared
        .withDescriptionResolver(
            t ->
                Optional.ofNullable(t.getType().getErasedType().getAnnotation(Form.class))
                    .map(Form::value)
                    .orElse(null))
        .withCustomDefinitionProvider(
            (type, context) ->
                text(type.getErasedType())
                    .map(com.github.victools.jsonschema.generator.CustomDefinition::new)
                    .orElse(null))
        .withTypeAttributeOverride(
            (node, scope, context) -> {
              Class<?> type = scope.getType().getErasedType();
              if (Map.class.isAssignableFrom(type)
                  && scope.getType().getTypeParameters().get(0).getErasedType() == RuleId.class) {
                node.putObject("propertyNames").put("pattern", RULE);
              }
              if (type == RunDocument.Case.class) {
                node.set("allOf", conditions());
              }
            });
    Type root = RunDocument.class;
    return new SchemaGenerator(config.build()).generateSchema(root);
  }

  /** What of a case follows from its status. */
  private static JsonNode conditions() {
    ArrayNode all = JSON.createArrayNode();
    ObjectNode broken = all.addObject();
    broken.putObject("if").putObject("properties").putObject("status").put("const", "divergence");
    broken.putObject("then").putObject("properties").putObject("divergences").put("minItems", 1);
    broken.putObject("else").putObject("properties").putObject("divergences").put("maxItems", 0);
    ObjectNode unjudged = all.addObject();
    ArrayNode statuses =
        unjudged.putObject("if").putObject("properties").putObject("status").putArray("enum");
    List.of("skipped", "error").forEach(statuses::add);
    unjudged.putObject("then").putObject("properties").putObject("reason").put("minLength", 1);
    return all;
  }

  @Test
  public void theSchemaIsThatOfTheRecords() throws IOException {
    ObjectNode schema = (ObjectNode) made();
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    Path file = Path.of(System.getProperty("daxcheck.home", "."), "reports", "run.schema.json");
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file))
        .as("mvn test -Dtest=RunSchemaTest -D%s=true writes it anew", WRITE)
        .isEqualTo(text);
  }
}
