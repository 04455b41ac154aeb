package org.daxcheck.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.io.IoReason;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;

/** The JSON of runs: {@link RunDocument} as text and back. */
public final class RunJson {
  private static final JsonMapper JSON =
      noNulls(JsonMapper.builder())
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .annotationIntrospector(new Required())
          .addModule(new Jdk8Module())
          .addModule(texts())
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
          .build();

  private RunJson() {}

  /** What may be missing is Optional; null is no value of these. */
  private static JsonMapper.Builder noNulls(JsonMapper.Builder builder) {
    for (Class<?> type :
        List.of(
            String.class,
            RuleId.class,
            TargetKind.class,
            Cause.class,
            ExitCode.class,
            Verdict.Status.class,
            Step.Kind.class,
            Aspect.class,
            Instant.class,
            LocalDate.class)) {
      builder.withConfigOverride(
          type, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL)));
    }
    return builder;
  }

  /** Whatever is neither optional nor said to be must be there. */
  private static final class Required extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasRequiredMarker(AnnotatedMember member) {
      Form form = member.getAnnotation(Form.class);
      return member.getRawType() != Optional.class && (form == null || !form.optional());
    }
  }

  /** How the values are written that have a text of their own. */
  private static SimpleModule texts() {
    SimpleModule module = new SimpleModule();
    text(module, RuleId.class, RuleId::toString, RuleId::parse);
    text(module, TargetKind.class, TargetKind::text, TargetKind::of);
    // A cause of a later version is none that is known.
    text(module, Cause.class, Cause::text, t -> Cause.of(t).or(() -> Optional.of(Cause.UNKNOWN)));
    text(module, ExitCode.class, ExitCode::text, named(ExitCode.values(), ExitCode::text));
    text(module, Aspect.class, Aspect::text, t -> Optional.of(Aspect.parse(t).get(0)));
    Function<Verdict.Status, String> lower = s -> word(s.name());
    text(module, Verdict.Status.class, lower, named(Verdict.Status.values(), lower));
    text(
        module,
        Step.Kind.class,
        k -> word(k.name()),
        named(Step.Kind.values(), k -> word(k.name())));
    // An aspect of a later version is none that is known.
    text(module, Aspect.class, Aspect::text, t -> Optional.of(Aspect.parse(t).get(0)));
    text(module, Instant.class, Instant::toString, parsed(Instant::parse));
    text(module, LocalDate.class, LocalDate::toString, parsed(LocalDate::parse));
    module.addKeyDeserializer(
        RuleId.class,
        new KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context)
              throws IOException {
            Optional<RuleId> rule = RuleId.parse(key);
            return rule.isPresent()
                ? rule.get()
                : context.handleWeirdKey(RuleId.class, key, "it is no rule");
          }
        });
    return module;
  }

  private static String word(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <T> Function<String, Optional<T>> named(T[] values, Function<T, String> text) {
    return t -> Arrays.stream(values).filter(v -> text.apply(v).equals(t)).findFirst();
  }

  private static <T> Function<String, Optional<T>> parsed(Function<CharSequence, T> parse) {
    return t -> {
      try {
        return Optional.of(parse.apply(t));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    };
  }

  private static <T> void text(
      SimpleModule module,
      Class<T> type,
      Function<T, String> text,
      Function<String, Optional<T>> value) {
    module.addSerializer(
        type,
        new JsonSerializer<>() {
          @Override
          public void serialize(T value, JsonGenerator out, SerializerProvider all)
              throws IOException {
            out.writeString(text.apply(value));
          }
        });
    module.addDeserializer(
        type,
        new JsonDeserializer<>() {
          @Override
          public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String word = in.getValueAsString("");
            Optional<T> known = value.apply(word);
            if (known.isEmpty()) {
              throw JsonMappingException.from(in, "'" + word + "' is none that is known");
            }
            return known.get();
          }
        });
  }

  /**
   * The text of run.json.
   *
   * @param traces the trace file of a case, relative to run.json, where it has one
   */
  public static String of(Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(Documented.run(run, rules, traces)) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a value in memory
    }
  }

  /** Writes run.json. */
  public static void write(
      Path file, Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces)
      throws IOException {
    Files.writeString(file, of(run, rules, traces), StandardCharsets.UTF_8);
  }

  /** A value of {@link RunDocument}, or of a line of a journal, in one line. */
  static String line(Object value) throws IOException {
    return JSON.writeValueAsString(value);
  }

  /**
   * Reads run.json.
   *
   * @throws IOException with a sentence for the user where it is none, or damaged
   */
  static RunDocument read(Path file) throws IOException {
    JsonNode tree;
    try {
      tree = JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": " + IoReason.of(e), e);
    }
    version(file, tree);
    return value(file.toString(), tree, RunDocument.class);
  }

  private static void version(Path file, JsonNode tree) throws IOException {
    JsonNode version = tree.path("daxcheckRun");
    if (!version.isInt()) {
      throw new IOException(file + ": this is no run.json of daxcheck: no 'daxcheckRun'");
    }
    if (version.intValue() != RunDocument.VERSION) {
      throw new IOException(
          file
              + ": its version is "
              + version
              + ", only "
              + RunDocument.VERSION
              + " is known; use the daxcheck that wrote it");
    }
  }

  /**
   * Reads a line of a journal.
   *
   * @param where for the sentence where it is damaged
   */
  static <T> T line(String where, String line, Class<T> type) throws IOException {
    try {
      return value(where, JSON.readTree(line), type);
    } catch (JsonProcessingException e) {
      throw new IOException(where + ": " + IoReason.of(e), e);
    }
  }

  private static <T> T value(String where, JsonNode tree, Class<T> type) throws IOException {
    try {
      return JSON.treeToValue(tree, type);
    } catch (JsonMappingException e) {
      throw new IOException(where + ": the run is damaged: " + IoReason.of(e), e);
    }
  }
}
