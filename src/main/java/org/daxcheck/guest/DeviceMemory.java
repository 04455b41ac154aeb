package org.daxcheck.guest;

import java.util.ArrayList;
import java.util.List;

/** The memory of a guest's dax devices, and what QEMU and the kernel are told of it. */
sealed interface DeviceMemory {
  long MIB = 1L << 20;

  /** What the kernel gives at least, and QEMU takes at most as an interval, of a CXL window. */
  long WINDOW = 4096 * MIB;

  /** Bytes of each region that dax devices are made of; that of dax0.0 comes first. */
  List<Long> regions();

  /** Bytes at the start of the region that no dax device can have. */
  default long reserved() {
    return 0;
  }

  /** Whether a region is divided as the layout says; else its one device has all of it. */
  default boolean divided() {
    return true;
  }

  /** The words for QEMU, with those for the main memory of so many bytes. */
  List<String> qemuWords(long main);

  /** The words for the kernel's command line, beside main memory of so many bytes. */
  default List<String> kernelWords(long main) {
    return List.of();
  }

  /** How CXL cards are attached. */
  enum Wiring {
    ROOT_PORTS("root ports"),
    HOST_BRIDGES("host bridges"),
    SWITCH("switch");

    private final String text;

    Wiring(String text) {
      this.text = text;
    }

    /** The words of the topology file. */
    String text() {
      return text;
    }
  }

  /**
   * Volatile CXL cards, by their sizes in bytes.
   *
   * @param interleaved whether one region goes over all of them; else each has a region and a fixed
   *     memory window, and so a node, of its own
   */
  record Cxl(List<Long> cards, Wiring wiring, boolean interleaved) implements DeviceMemory {
    public Cxl {
      cards = List.copyOf(cards);
    }

    @Override
    public List<Long> regions() {
      return interleaved ? List.of(total()) : cards;
    }

    private long total() {
      return cards.stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public List<String> qemuWords(long main) {
      List<String> words = new ArrayList<>();
      words.addAll(
          List.of("-m", main / MIB + "M,maxmem=" + (main + 6144 * MIB) / MIB + "M,slots=4"));
      int bridges = wiring == Wiring.HOST_BRIDGES ? cards.size() : 1;
      for (int i = 0; i < bridges; i++) {
        device(words, "pxb-cxl,bus_nr=%d,bus=pcie.0,id=cxl.%d".formatted(12 + 64 * i, i + 1));
      }
      if (wiring == Wiring.SWITCH) {
        device(words, "cxl-rp,port=0,bus=cxl.1,id=rp0,chassis=0,slot=2");
        device(words, "cxl-upstream,bus=rp0,id=us0");
      }
      for (int i = 0; i < cards.size(); i++) {
        words.add("-object");
        words.add(
            "memory-backend-ram,id=vmem%d,size=%dM,share=on,reserve=off"
                .formatted(i, cards.get(i) / MIB));
        device(words, port(i));
        String bus = wiring == Wiring.SWITCH ? "dp" : "rp";
        device(
            words,
            "cxl-type3,bus=%1$s%2$d,volatile-memdev=vmem%2$d,id=cxl-vmem%2$d,sn=%3$d"
                .formatted(bus, i, i + 1));
      }
      windows(words, bridges);
      return words;
    }

    private static void device(List<String> words, String device) {
      words.add("-device");
      words.add(device);
    }

    private String port(int card) {
      return switch (wiring) {
        case ROOT_PORTS ->
            "cxl-rp,port=%1$d,bus=cxl.1,id=rp%1$d,chassis=0,slot=%2$d".formatted(card, card + 2);
        case HOST_BRIDGES ->
            "cxl-rp,port=0,bus=cxl.%2$d,id=rp%1$d,chassis=%1$d,slot=2".formatted(card, card + 1);
        case SWITCH ->
            "cxl-downstream,port=%1$d,bus=us0,id=dp%1$d,chassis=1,slot=%2$d"
                .formatted(card, card + 4);
      };
    }

    /** All windows are one word, since QEMU takes them as a whole. */
    private void windows(List<String> words, int bridges) {
      List<Long> regions = regions();
      List<String> windows = new ArrayList<>();
      for (int i = 0; i < regions.size(); i++) {
        int first = interleaved || bridges == 1 ? 0 : i;
        int last = interleaved ? bridges : first + 1;
        for (int b = first; b < last; b++) {
          windows.add("cxl-fmw.%d.targets.%d=cxl.%d".formatted(i, b - first, b + 1));
        }
        windows.add("cxl-fmw.%d.size=%dM".formatted(i, Math.max(WINDOW, regions.get(i)) / MIB));
      }
      words.add("-M");
      words.add(String.join(",", windows));
    }
  }

  /**
   * Memory beside the main memory that is a node of its own.
   *
   * @param what becomes of it
   * @param mapOnDevice whether the memory map of a persistent device lies on itself
   */
  record Node(long size, Kind kind, boolean mapOnDevice) implements DeviceMemory {
    /** The first address above 4 GiB; main memory ends below. */
    private static final String START = "4G";

    private static final long ALIGN = 2 * MIB;

    /** What the info block and one page's record take; a page has 4 KiB. */
    private static final long INFO_BLOCK = 8L << 10;

    private static final long PAGE_RECORD = 64;

    /** What kind of memory the kernel takes it for. */
    enum Kind {
      /** An NVDIMM, which firmware tells of. */
      NVDIMM("nvdimm"),
      /** A part of the memory that the command line calls persistent. */
      LEGACY("pmem"),
      /** A part of the memory that is for special use, which dax_hmem takes. */
      SOFT_RESERVED("soft_reserved");

      private final String key;

      Kind(String key) {
        this.key = key;
      }

      /** The key of the topology file. */
      String key() {
        return key;
      }
    }

    @Override
    public List<Long> regions() {
      return List.of(size);
    }

    @Override
    public boolean divided() {
      return kind == Kind.SOFT_RESERVED;
    }

    /** As nd_pfn_init() of drivers/nvdimm/pfn_devs.c lays it out. */
    @Override
    public long reserved() {
      if (divided()) {
        return 0;
      }
      long map = mapOnDevice ? size / 4096 * PAGE_RECORD : 0;
      return (INFO_BLOCK + map + ALIGN - 1) / ALIGN * ALIGN;
    }

    @Override
    public List<String> qemuWords(long main) {
      boolean nvdimm = kind == Kind.NVDIMM;
      long all = nvdimm ? main : main + size;
      List<String> words = new ArrayList<>();
      words.addAll(
          List.of(
              "-m",
              all / MIB + "M,maxmem=" + (main + size + 6144 * MIB) / MIB + "M,slots=4",
              "-M",
              nvdimm ? "nvdimm=on" : "max-ram-below-4g=" + main / MIB + "M",
              "-object",
              "memory-backend-ram,id=main,size=" + main / MIB + "M,reserve=off",
              "-numa",
              "node,nodeid=0,memdev=main",
              "-object",
              "memory-backend-ram,id=device,size=" + size / MIB + "M,reserve=off"));
      words.addAll(
          nvdimm
              ? List.of(
                  "-numa", "node,nodeid=1", "-device", "nvdimm,id=nvdimm0,memdev=device,node=1")
              : List.of("-numa", "node,nodeid=1,memdev=device"));
      return words;
    }

    @Override
    public List<String> kernelWords(long main) {
      return switch (kind) {
        case NVDIMM -> List.of();
        case LEGACY -> List.of("memmap=" + size / MIB + "M!" + START);
        // Type 1 is RAM; the other is E820_TYPE_SOFT_RESERVED of arch/x86's e820 types.
        case SOFT_RESERVED -> List.of("memmap=" + size / MIB + "M%" + START + "-1+0xefffffff");
      };
    }
  }
}
