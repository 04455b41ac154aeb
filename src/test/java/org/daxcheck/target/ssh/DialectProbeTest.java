package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.step.Result;
import org.daxcheck.target.TargetException;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The dialects are told apart, and nothing is changed by it, against scripted drivers. */
public class DialectProbeTest {
  private static final String FILE = "/sys/bus/dax/devices/dax0.0/hotplug";
  private static final Set<String> WORDS_OF_V3 = Set.of("unplug", "online", "online_movable");
  private static final Set<String> WORDS_OF_V4 =
      Set.of("unplugged", "online", "online_kernel", "online_movable");

  private final List<String> asked = new ArrayList<>();
  private String state;

  @BeforeMethod
  public void forget() {
    asked.clear();
  }

  @DataProvider
  public Object[][] drivers() {
    return new Object[][] {
      {Dialect.V3, "unplugged"},
      {Dialect.V3, "online"},
      {Dialect.V3, "online_movable"},
      {Dialect.V4, "unplugged"},
      {Dialect.V4, "offline"},
      {Dialect.V4, "online"},
      {Dialect.V4, "online_kernel"},
      {Dialect.V4, "online_movable"},
    };
  }

  @Test(dataProvider = "drivers")
  public void tellsV3FromV4AndChangesNothing(Dialect dialect, String word) throws TargetException {
    state = word;
    Dialect found =
        new DialectProbe(line -> answer(dialect, line))
            .of(AgentReplies.parse(device("kmem", "hotplug")));

    assertThat(found).isEqualTo(dialect);
    assertThat(state).as("the state afterwards; asked %s", asked).isEqualTo(word);
    assertThat(asked).allMatch(line -> line.contains(" " + FILE));
  }

  @DataProvider
  public Object[][] byName() {
    return new Object[][] {
      {device("kmem", "state"), Dialect.LINUX_7_3},
      {device("kmem", ""), Dialect.ABSENT},
      {beside(device("", ""), "dax0.1", "kmem", "state"), Dialect.LINUX_7_3},
      {beside(device("", ""), "dax0.1", "kmem", ""), Dialect.ABSENT},
      {beside(device("device_dax", ""), "dax0.1", "kmem", "state"), Dialect.LINUX_7_3},
    };
  }

  @Test(dataProvider = "byName")
  public void writesNothingWhereTheNameTells(String found, Dialect dialect) throws TargetException {
    assertThat(of(found)).isEqualTo(dialect);
    assertThat(asked).isEmpty();
  }

  @Test
  public void asksANeighbourWhereTheDeviceIsNotBound() throws TargetException {
    state = "online_movable";
    String found = beside(device("", ""), "dax0.7", "kmem", "hotplug");
    Dialect dialect =
        new DialectProbe(line -> answer(Dialect.V3, line)).of(AgentReplies.parse(found));

    assertThat(dialect).isEqualTo(Dialect.V3);
    assertThat(asked).isNotEmpty().allMatch(line -> line.contains("/dax0.7/hotplug"));
  }

  @DataProvider
  public Object[][] unclear() {
    return new Object[][] {
      {device("", ""), "", "device dax0.0 is not bound to kmem"},
      {beside(device("", ""), "dax0.1", "device_dax", ""), "", "dax0.0 is not bound to kmem"},
      {device("kmem", "hotplug"), "unknown", "since it reads 'unknown'"},
    };
  }

  @Test(dataProvider = "unclear")
  public void saysWhatToDoWhereItCannotTell(String found, String word, String says) {
    state = word;
    assertThatThrownBy(
            () -> new DialectProbe(l -> answer(Dialect.V4, l)).of(AgentReplies.parse(found)))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining(says)
        .hasMessageContaining("name it with --dialect");
  }

  private Dialect of(String found) throws TargetException {
    return new DialectProbe(line -> answer(Dialect.V4, line)).of(AgentReplies.parse(found));
  }

  /** As the driver of the dialect answers: a word it knows may change the state. */
  private Result answer(Dialect dialect, String line) {
    asked.add(line);
    String[] tokens = line.split(" ");
    if (tokens[0].equals("read")) {
      return Result.data(state + "\n");
    }
    String word = tokens[2].substring(1);
    Set<String> known = dialect == Dialect.V3 ? WORDS_OF_V3 : WORDS_OF_V4;
    if (!known.contains(word)) {
      return Result.error(Errno.EINVAL);
    }
    String wanted = word.equals("unplug") ? "unplugged" : word;
    boolean onlines = !wanted.equals("unplugged");
    if (!state.equals(wanted) && onlines && !state.equals("unplugged")) {
      return Result.error(Errno.EBUSY);
    }
    state = wanted;
    return Result.ok(word.length());
  }

  private static String device(String driver, String attribute) {
    return named("dax0.0", driver, attribute).replace("}", ",\"neighbours\":[]}");
  }

  private static String beside(String device, String name, String driver, String attribute) {
    return device.replace(
        "\"neighbours\":[]", "\"neighbours\":[" + named(name, driver, attribute) + "]");
  }

  private static String named(String name, String driver, String attribute) {
    return "{\"device\":\"%s\",\"driver\":%s,\"attributes\":[%s]}"
        .formatted(name, quoted(driver, "null"), quoted(attribute, ""));
  }

  private static String quoted(String text, String empty) {
    return text.isEmpty() ? empty : '"' + text + '"';
  }
}
