package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import picocli.CommandLine;

/** Options that are for a machine are never passed over where none is given. */
public class MachineOptionsTest {
  @DataProvider
  public Object[][] options() {
    return fields()
        .map(f -> f.getAnnotation(CommandLine.Option.class))
        .filter(o -> o != null)
        .map(o -> new Object[] {o.names()[0]})
        .toArray(Object[][]::new);
  }

  private static Stream<Field> fields() {
    return Stream.of(MachineOptions.class, MachineLogin.class)
        .flatMap(c -> Arrays.stream(c.getDeclaredFields()));
  }

  @Test
  public void noOptionIsIdleWhereNoneIsGiven() {
    assertThat(parsed().idle()).isEmpty();
  }

  @Test(dataProvider = "options")
  public void eachIsToldWhereNoMachineIsGiven(String name) throws ReflectiveOperationException {
    Field field =
        fields()
            .filter(f -> f.isAnnotationPresent(CommandLine.Option.class))
            .filter(f -> f.getAnnotation(CommandLine.Option.class).names()[0].equals(name))
            .findFirst()
            .orElseThrow();
    MachineOptions given = field.getType() == boolean.class ? parsed(name) : parsed(name, "7");
    assertThat(given.idle()).hasValue(name);
  }

  private static MachineOptions parsed(String... words) {
    MachineOptions options = new MachineOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("machine", spec(options)))
        .parseArgs(words);
    return options;
  }

  private static CommandLine.Model.CommandSpec spec(MachineOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }
}
