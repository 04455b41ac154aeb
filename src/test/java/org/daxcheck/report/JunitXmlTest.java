package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.daxcheck.suite.Run;
import org.testng.annotations.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** An XML parser reads it back, and its numbers are those of its elements. */
public class JunitXmlTest {
  private static Document parse(Run run) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(JunitXml.of(run, Runs.RULES))));
  }

  private static List<Element> all(Element below, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = below.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }

  private static void numbersFit(Element element) {
    assertThat(element.getAttribute("tests")).isEqualTo("" + all(element, "testcase").size());
    assertThat(element.getAttribute("failures")).isEqualTo("" + all(element, "failure").size());
    assertThat(element.getAttribute("errors")).isEqualTo("" + all(element, "error").size());
    // The schema has no number of them over all suites.
    String skipped =
        element.getTagName().equals("testsuites") ? "" : "" + all(element, "skipped").size();
    assertThat(element.getAttribute("skipped")).isEqualTo(skipped);
  }

  @Test
  public void everyKindOfCase() throws Exception {
    Element root = parse(Runs.mixed().run()).getDocumentElement();

    numbersFit(root);
    all(root, "testsuite").forEach(JunitXmlTest::numbersFit);
    assertThat(all(root, "testcase"))
        .extracting(e -> e.getAttribute("classname") + " " + e.getAttribute("name"))
        .contains("daxcheck.qemu.REFUSE type-change.cxl", "daxcheck.qemu.ATOMIC pins")
        .doesNotHaveDuplicates();
    Element failure = all(root, "failure").get(0);
    assertThat(failure.getAttribute("type")).isEqualTo("REFUSE-1");
    assertThat(failure.getTextContent())
        .contains("expected: EBUSY", "got: EINVAL\\x00 \\x1b[31m # SKIP ]]> \\xd800")
        .contains("agent write /sys/bus/dax/devices/dax0.0/state online_kernel");
    assertThat(all(root, "error").get(0).getAttribute("message"))
        .isEqualTo("guest gone: reboot: System halted; more");
  }

  @Test
  public void whatIsMissingIsAnError() throws Exception {
    Run run = new Runs().target("model").target("qemu").pass("model", "a", "ATTR-1").run(false);
    Element root = parse(run).getDocumentElement();

    numbersFit(root);
    assertThat(all(root, "error"))
        .extracting(e -> e.getAttribute("message"))
        .containsExactly("no scenario ran on qemu", "the run is incomplete");
  }
}
