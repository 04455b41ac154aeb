package org.daxcheck.oracle;

import java.util.regex.Pattern;

/** What the page allocator prints of a page that it cannot move; memory_hotplug.c, dump_page. */
public final class PageDump {
  static final Pattern LINE =
      Pattern.compile(
          "migrating pfn [0-9a-f]+ failed ret:-?\\d+|page: refcount:.*|memcg:[0-9a-f]+|aops:.*"
              + "|(?:anon |ksm )?flags: 0x.*|raw: [0-9a-f ]+|head: .*|page_type: .*"
              + "|page dumped because: (?:migration failure|unmovable page)"
              + "|do_migrate_range: \\d+ callbacks suppressed"
              + "|.*page_owner.*|non-NULL mapping:.*");

  private PageDump() {}

  /** True where the line is one of such a dump, which comes as often as the kernel tries. */
  public static boolean hasLine(String line) {
    return LINE.matcher(line).matches();
  }
}
