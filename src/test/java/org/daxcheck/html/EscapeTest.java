package org.daxcheck.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** No text of a kernel can become anything but text. */
public class EscapeTest {
  @DataProvider
  public Object[][] hostile() {
    return new Object[][] {
      {"</script><script>alert(1)</script>"},
      {"<!--<script>"},
      {"<img src=x onerror=alert(1)>"},
      {"\" onclick=\"alert(1)"},
      {"' x='`"},
      {"&lt;b&gt; &amp;"},
      {"a\u0000b\u001b[31m\u007f\u0085"},
      {"\u202eesrever\u2066 \u200b\ufeff"},
      {"line\u2028and\u2029paragraph"},
      {"half \ud800 and \udc00 of one"},
      {new String(new byte[] {'b', (byte) 0xff, (byte) 0xc0, 'e'}, StandardCharsets.UTF_8)},
      {"]]> \\u003c @data@ @head@ ${x}"},
    };
  }

  @Test(dataProvider = "hostile")
  public void htmlHasNoMarkup(String text) {
    String html = Escape.html(text);
    assertThat(html).doesNotContain("<", ">", "\"", "'", "`");
    assertThat(html.replaceAll("&(amp|lt|gt|quot|#39|#96);", "")).doesNotContain("&");
    assertSafe(html);
  }

  @Test(dataProvider = "hostile")
  public void jsonIsAsciiWithoutMarkupAndReadsBack(String text) throws Exception {
    String safe = Escape.visible(text);
    String json = Escape.json(TextNode.valueOf(safe));
    assertThat(json).doesNotContain("<", ">", "&", "\u2028", "\u2029");
    assertThat(json).matches("[\\x20-\\x7e]*");
    JsonNode back = new ObjectMapper().readTree(json);
    assertThat(back.asText()).isEqualTo(safe);
    assertSafe(safe);
  }

  @Test
  public void jsonOfWhatWasNotMadeVisibleEndsNoElementEither() {
    String json = Escape.json(TextNode.valueOf("</script>\u0000\ud800"));
    assertThat(json).matches("[\\x20-\\x7e]*").doesNotContain("<");
  }

  @Test
  public void whatCannotBeSeenIsShown() {
    assertThat(Escape.visible("a\u0000\u001b\u202e\n\tb\ud800"))
        .isEqualTo("a\\x00\\x1b\\u202e\n\tb\\ud800");
    assertThat(Escape.visible("\u00e9 \u4e2d \ud83d\ude00"))
        .isEqualTo("\u00e9 \u4e2d \ud83d\ude00");
  }

  private static void assertSafe(String text) {
    assertThat(text.codePoints())
        .noneMatch(
            c ->
                Character.isISOControl(c) && c != '\n' && c != '\t'
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE);
  }
}
