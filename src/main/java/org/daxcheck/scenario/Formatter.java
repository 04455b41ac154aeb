package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.scenario.Parser.Piece;
import org.daxcheck.scenario.Parser.Piece.Shape;

/** Writes a scenario in the one form that all files of a suite have. */
public final class Formatter {
  /** A step longer than this does not push the arrows of its neighbours to the right. */
  private static final int WIDEST = 48;

  private Formatter() {}

  /**
   * The same scenario in canonical spelling, comments kept: arrows of lines without a blank line
   * between them stand in one column.
   */
  public static String format(String file, String text) throws ScenarioException {
    List<Piece> pieces = spaced(Parser.pieces(file, text));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      out.append(piece.text());
      if (!piece.outcomes().isEmpty()) {
        int blanks = Math.max(2, arrowColumn(pieces, i) - piece.text().length());
        out.append(" ".repeat(blanks)).append("-> ").append(piece.outcomes());
      }
      out.append('\n');
    }
    return out.toString();
  }

  /** The pieces with the blank lines that belong between them, and no other. */
  private static List<Piece> spaced(List<Piece> pieces) {
    int lastHeader = 0;
    for (int i = 0; i < pieces.size(); i++) {
      lastHeader = pieces.get(i).shape() == Shape.HEADER ? i : lastHeader;
    }
    Piece blank = new Piece(Shape.BLANK, "", "");
    List<Piece> spaced = new ArrayList<>();
    boolean gap = false;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      if (piece.shape() == Shape.BLANK) {
        gap = true;
        continue;
      }
      // a comment that moved up to the prose would become a part of it
      boolean keeps = i > lastHeader || piece.shape() == Shape.COMMENT;
      if (gap && keeps || endsHeader(spaced, pieces, i, lastHeader)) {
        spaced.add(blank);
      }
      gap = false;
      spaced.add(piece);
    }
    return spaced;
  }

  private static boolean endsHeader(List<Piece> spaced, List<Piece> pieces, int i, int lastHeader) {
    return i > lastHeader && spaced.get(spaced.size() - 1) == pieces.get(lastHeader);
  }

  /** The column, from 0, of the arrows in the block of lines around {@code at}. */
  private static int arrowColumn(List<Piece> pieces, int at) {
    int from = at;
    while (from > 0 && pieces.get(from - 1).shape() != Shape.BLANK) {
      from--;
    }
    int widest = 0;
    for (int i = from; i < pieces.size() && pieces.get(i).shape() != Shape.BLANK; i++) {
      int width = pieces.get(i).text().length();
      if (!pieces.get(i).outcomes().isEmpty() && width <= WIDEST) {
        widest = Math.max(widest, width);
      }
    }
    return widest + 2;
  }
}
