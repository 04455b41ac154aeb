package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Replies of the agent, good and bad: whatever is wrong with one is told in one sentence. */
public class AgentRepliesTest {
  private static final String OBSERVED =
      """
      {"n":1,"ret":7,"errno":null,"ns":100,"t0":5,"t1":105,"obs":{
      "attrs":[{"name":"state","mode":"0644","uid":0,"gid":0,"errno":null,"text":"online\\n"},
      {"name":"hotplug","errno":"ENOENT"}],
      "driver":"kmem","policy":"online_movable","memtotal_kb":1000,
      "blocks":[{"block":40,"state":"online","zones":"Movable","node":2}],
      "iomem":[{"start":"0x140000000","end":"0x147ffffff","name":"dax1.0","depth":2}],
      "neighbours":"dax1.1 kmem online: memory44 online Normal; iomem dax1.1","taint":512,"log":[{"level":4,"us":12,"text":"a \\u00e9 line"}],"lost":true,
      "uevents":[{"action":"online","devpath":"/devices/system/memory/memory40"}]}}
      """
          .replace("\n", "");

  @DataProvider
  public Object[][] nonsense() {
    return new Object[][] {
      {"", "cannot parse the agent's reply"},
      {"Segmentation fault", "cannot parse the agent's reply"},
      {"[1,2]", "cannot parse the agent's reply"},
      {"null", "cannot parse the agent's reply"},
      {"7", "cannot parse the agent's reply"},
      {"{\"n\":1,\"ret\":", "cannot parse the agent's reply"},
      {"{\"n\":1,\"ret\":0", "cannot parse the agent's reply"},
      {"x".repeat(100_000), "cannot parse the agent's reply"},
      {"{\"error\":\"no such verb 'wirte'\"}", "no such verb 'wirte'"},
      {"{\"n\":3,\"error\":\"PATH expected\"}", "PATH expected"},
    };
  }

  @Test(dataProvider = "nonsense")
  public void nonsenseIsOneSentence(String line, String says) {
    oneSentence(() -> AgentReplies.parse(line), says);
  }

  @Test
  public void aReplyCutShortAnywhereIsOneSentence() {
    for (int end = 0; end < OBSERVED.length() - 1; end++) {
      String line = OBSERVED.substring(0, end);
      oneSentence(() -> AgentReplies.parse(line), "cannot parse the agent's reply");
    }
  }

  @DataProvider
  public Object[][] missing() {
    return new Object[][] {
      {"obs"}, {"memtotal_kb"}, {"taint"}, {"name"}, {"block"}, {"start"}, {"end"}, {"neighbours"}
    };
  }

  @Test(dataProvider = "missing")
  public void aMissingMemberIsNamed(String member) throws TargetException {
    String line = OBSERVED.replaceFirst("\"" + member + "\":", "\"other\":");
    var node = AgentReplies.parse(line);
    oneSentence(() -> AgentReplies.observation(node, Optional.empty()), "'" + member + "'");
  }

  @Test
  public void aMissingMemberOfTheDeviceIsNamed() throws TargetException {
    var node = AgentReplies.parse("{\"device\":\"dax1.0\",\"ranges\":[{\"start\":\"0x0\"}]}");
    oneSentence(() -> AgentReplies.device(node, 1), "'end'");
    var bare = AgentReplies.parse("{\"device\":\"dax1.0\"}");
    oneSentence(() -> AgentReplies.device(bare, 1), "'ranges'");
    var old = AgentReplies.parse("{\"device\":\"dax1.0\",\"node\":1,\"ranges\":[]}");
    oneSentence(() -> AgentReplies.device(old, 1), "'memmap_kib'");
  }

  @Test
  public void aDeviceIsRead() throws TargetException {
    Device device =
        AgentReplies.device(
            AgentReplies.parse(
                "{\"device\":\"dax1.0\",\"node\":2,\"driver\":null,\"ranges\":[{\"start\":\"0x1000\","
                    + "\"end\":\"0x1fff\",\"first_block\":4,\"blocks\":1}],\"attributes\":[],\"memmap_kib\":2048}"),
            128);
    assertThat(device)
        .isEqualTo(
            new Device("dax1.0", 2, 128, 2048, List.of(new Device.Range(0x1000, 0x1fff, 4, 1))));
  }

  @Test
  public void anObservationIsRead() throws TargetException {
    Observation seen = AgentReplies.observation(AgentReplies.parse(OBSERVED), Optional.empty());
    assertThat(seen.attribute("state").orElseThrow().text()).isEqualTo("online\n");
    assertThat(seen.attribute("hotplug")).isEmpty();
    assertThat(seen.driver()).isEqualTo("kmem");
    assertThat(seen.policy()).isEqualTo("online_movable");
    assertThat(seen.memTotalKib()).isEqualTo(1000);
    assertThat(seen.blocks()).containsExactly(new Observation.Block(40, "online", "Movable", 2));
    assertThat(seen.iomem())
        .containsExactly(new Observation.Region(0x140000000L, 0x147ffffffL, "dax1.0", 2));
    assertThat(seen.taint()).isEqualTo(512);
    assertThat(seen.log()).containsExactly(new Observation.LogLine(4, 12, "a \u00e9 line"));
    assertThat(seen.logLost()).isTrue();
    assertThat(seen.neighbours())
        .isEqualTo("dax1.1 kmem online: memory44 online Normal; iomem dax1.1");
    var same = AgentReplies.parse("{\"obs\":{\"same\":true,\"log\":[]}}");
    assertThat(AgentReplies.observation(same, Optional.of(seen)).neighbours())
        .isEqualTo(seen.neighbours());
    assertThat(seen.uevents())
        .containsExactly(new Observation.Uevent("online", "/devices/system/memory/memory40"));
  }

  @Test
  public void aFailureKeepsItsErrorAndItsTime() throws TargetException {
    Result failed =
        AgentReplies.result(
            AgentReplies.parse(
                "{\"n\":1,\"ret\":-1,\"errno\":\"EBUSY\",\"ns\":7,\"t0\":3,\"timeout\":true}"));
    assertThat(failed)
        .isEqualTo(
            new Result(-1, java.util.Optional.of(Errno.EBUSY), "", 7, 3, true, "", List.of()));
  }

  private static final String STUCK =
      "\"stuck_in\":{\"state\":\"D\",\"stack\":[\"a\",\"b\"],\"cpu_ms\":7,\"same\":true}";

  @Test
  public void whereAStepWasStuckIsKept() throws TargetException {
    Result.StuckIn where = new Result.StuckIn("D", List.of("a", "b"), 7, true);
    Result late =
        AgentReplies.result(
            AgentReplies.parse(
                "{\"n\":1,\"ret\":0,\"errno\":null,\"ns\":1,\"t0\":2," + STUCK + "}"));
    assertThat(late.stuckIn()).hasValue(where);
    assertThat(AgentReplies.join(List.of(Result.ok(1), late, Result.ok(2))).stuckIn())
        .hasValue(where);
    assertThat(where)
        .hasToString(
            "it waits and cannot be interrupted in a < b, at one place, 7 ms of processor time in"
                + " between");
    var actor =
        AgentReplies.parse(
            "{\"t1\":9,\"actors\":[{\"p\":\"P0\",\"timeout\":true,\"steps\":[{\"ret\":1,\"errno\":null,\"ns\":1,\"t0\":1},{\"unfinished\":true,"
                + "\"t0\":2}],"
                + STUCK
                + "}]}");
    List<Result> steps = AgentReplies.actors(actor, who -> List.of(1, 1)).get(0).steps();
    assertThat(steps.get(0).stuckIn()).isEmpty();
    assertThat(steps.get(1).stuckIn()).as("the step that did not end").hasValue(where);
    var bare =
        AgentReplies.parse(
            "{\"n\":1,\"ret\":0,\"errno\":null,\"ns\":1,\"t0\":1,\"stuck_in\":{\"state\":\"D\"}}");
    oneSentence(() -> AgentReplies.result(bare), "'stack'");
  }

  @Test
  public void aNoticeIsNoReply() throws TargetException {
    assertThat(AgentReplies.isNotice(AgentReplies.parse("{\"hung\":3," + STUCK + "}"))).isTrue();
    assertThat(AgentReplies.isNotice(AgentReplies.parse(OBSERVED))).isFalse();
  }

  @Test
  public void lostUeventsAreTold() throws TargetException {
    var lost =
        AgentReplies.parse(OBSERVED.replace("\"uevents\":", "\"uevents_lost\":true,\"uevents\":"));
    Observation seen = AgentReplies.observation(lost, Optional.empty());
    assertThat(seen.ueventsLost()).isTrue();
    var kept = AgentReplies.parse("{\"obs\":{\"same\":true,\"uevents_lost\":false}}");
    assertThat(AgentReplies.observation(kept, Optional.of(seen)).ueventsLost()).isFalse();
    var again = AgentReplies.parse("{\"obs\":{\"same\":true,\"uevents_lost\":true}}");
    assertThat(AgentReplies.observation(again, Optional.of(seen)).ueventsLost()).isTrue();
  }

  @Test
  public void limitsFollowTheMachineButNeverFallBelowThoseOfAUsualOne() throws TargetException {
    assertThat(slowness("{\"speed_ns\":10000000}")).isEqualTo(2.5);
    assertThat(slowness("{\"speed_ns\":1000}")).isEqualTo(1);
    assertThat(slowness("{}")).isEqualTo(1);
    assertThat(slowness("{\"speed_ns\":900000000000}")).isEqualTo(20);
  }

  private static double slowness(String hello) throws TargetException {
    return AgentReplies.slowness(AgentReplies.parse(hello));
  }

  @Test
  public void theNeighbourIsTheFirstThatKmemHas() throws TargetException {
    String device =
        "{\"neighbours\":[{\"device\":\"dax0.1\",\"driver\":null},{\"device\":\"dax0.2\",\"driver\":"
            + "\"kmem\"},{\"device\":\"dax0.3\",\"driver\":\"kmem\"}]}";
    assertThat(AgentReplies.neighbour(AgentReplies.parse(device))).hasValue("dax0.2");
    assertThat(AgentReplies.neighbour(AgentReplies.parse("{\"neighbours\":[]}"))).isEmpty();
  }

  @Test
  public void aSkippedStepIsNoResult() throws TargetException {
    var node = AgentReplies.parse("{\"n\":2,\"skipped\":true}");
    oneSentence(() -> AgentReplies.result(node), "skipped");
  }

  @Test
  public void actorsEndWhereTheyDied() throws TargetException {
    var node =
        AgentReplies.parse(
            """
            {"n":1,"ret":1,"t0":0,"t1":900,"actors":[
            {"p":"P0","killed":"SIGKILL","steps":[{"ret":5,"errno":null,"ns":10,"t0":1},
            {"unfinished":true,"t0":100},{"skipped":true}]},
            {"p":"P1","killed":null,"stuck":true,"steps":[
            {"ret":3,"errno":null,"ns":1,"t0":2},{"ret":-1,"errno":"EINVAL","ns":2,"t0":4},{"ret":3,"errno":null,"ns":1,"t0":9}]}]}
            """
                .replace("\n", ""));
    List<Result.ActorResult> actors =
        AgentReplies.actors(node, who -> who.equals("P0") ? List.of(1, 1, 1) : List.of(1, 2));
    Result.ActorResult p0 = actors.get(0);
    assertThat(p0.steps()).hasSize(2);
    assertThat(p0.steps().get(0).killed()).isEmpty();
    assertThat(p0.steps().get(1).killed()).isEqualTo("KILL");
    assertThat(p0.steps().get(1).nanos()).isEqualTo(800);
    assertThat(p0.stuck()).isFalse();
    Result.ActorResult p1 = actors.get(1);
    assertThat(p1.stuck()).isTrue();
    assertThat(p1.steps()).as("two requests are one step").hasSize(2);
    assertThat(p1.steps().get(1).errno()).contains(Errno.EINVAL);
    assertThat(p1.steps().get(1).nanos()).isEqualTo(3);
  }

  @Test
  public void anActorsRefusedStepIsOneSentence() throws TargetException {
    var node =
        AgentReplies.parse(
            "{\"actors\":[{\"p\":\"P0\",\"steps\":[{\"error\":\"no such process P9\"}]}]}");
    oneSentence(() -> AgentReplies.actors(node, who -> List.of(1)), "no such process P9");
    var nameless = AgentReplies.parse("{\"actors\":[{\"steps\":[]}]}");
    oneSentence(() -> AgentReplies.actors(nameless, who -> List.of(1)), "'p'");
  }

  @Test
  public void oneResultForSeveralRequestsIsTheFirstFailure() {
    Result ok = new Result(4, java.util.Optional.empty(), "", 10, 100, false, "", List.of());
    Result bad =
        new Result(-1, java.util.Optional.of(Errno.EINVAL), "", 20, 200, false, "", List.of());
    Result joined = AgentReplies.join(List.of(ok, bad, ok));
    assertThat(joined.errno()).contains(Errno.EINVAL);
    assertThat(joined.nanos()).isEqualTo(40);
    assertThat(joined.started()).isEqualTo(100);
    assertThat(AgentReplies.join(List.of(ok, ok)).value()).isEqualTo(4);
  }

  private interface Reading {
    Object read() throws TargetException;
  }

  private static void oneSentence(Reading reading, String says) {
    TargetException e = catchThrowableOfType(TargetException.class, reading::read);
    assertThat(e).isNotNull();
    assertThat(e.getMessage()).contains(says).doesNotContain("\n").hasSizeLessThan(2000);
    assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
  }
}
