package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What is never done to somebody's machine, and what only when the user says so. */
public class HarmTest {
  @DataProvider
  public Object[][] never() {
    return new Object[][] {
      {"unload", "it unloads the kmem driver, which other devices of the machine use too"},
      {"load", "it unloads the kmem driver, which other devices of the machine use too"},
      {"refuse add of range first ENOMEM", "it makes the kernel fail to add memory"},
      {"delay add 5ms", "it lets processors of the machine wait busily"},
      {"fail slab 1 of unbind", "it lets the kernel run out of memory"},
      {"occupy range first", "it takes physical addresses from the device"},
      {"reshape align", "it may change or delete the device for good"},
      {"neighbour write offline", "it writes to another dax device of the machine"},
      {"P0: read\nP1: neighbour write offline", "it writes to another dax device of the machine"},
    };
  }

  @Test(dataProvider = "never")
  public void isNeverDone(String steps, String why) throws ScenarioException {
    assertThat(Harm.forbids(scenario(steps))).hasValue(why);
  }

  @Test
  public void mayNeedABoot() throws ScenarioException {
    Scenario injects = scenario("inject offline EBUSY");
    assertThat(Harm.forbids(injects)).isEmpty();
    assertThat(Harm.destroys(injects))
        .hasValue("it makes the kernel refuse memory blocks, of other devices too");
    assertThat(Harm.destroys(scenario("write online_kernel"))).isPresent();
  }

  @Test
  public void whatComesBackIsDone() throws ScenarioException {
    Scenario harmless = scenario("P0: write offline\nP1: signal P0 INT after 1ms\n\nfill 4M");
    assertThat(Harm.forbids(harmless)).isEmpty();
    assertThat(Harm.destroys(harmless)).isEmpty();
  }

  private static Scenario scenario(String steps) throws ScenarioException {
    return Parser.parse("x.kmem", "KMEM x\n# Why.\nrule: CONC-1 (doc, clause)\n\n" + steps);
  }
}
