package org.daxcheck.io;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipException;

/**
 * Why a file or a connection could not be used, in words for the user. An {@link IOException} of
 * Java has no message, or a file's name alone, or the name of a class: nobody else prints one.
 */
public final class IoReason {
  private static final String NONE = "the system gives no reason";

  /** What Java puts around the kernel's words where it starts a program, or opens by a path. */
  private static final Pattern AROUND =
      Pattern.compile("Cannot run program .*: error=\\d+, (.+)|.* \\(([^()]+)\\)", Pattern.DOTALL);

  private static final Pattern MISSING = Pattern.compile("Missing required .*property '([^']+)'");

  /** The text of an exception, made a message of another. */
  private static final Pattern OF_JAVA =
      Pattern.compile("^(java|javax|jdk|sun|com|org)(\\.\\w+)+(Exception|Error)\\b");

  private IoReason() {}

  /** The reason alone, such as {@code No space left on device}; it names no file. */
  public static String of(IOException e) {
    if (e instanceof FileSystemException f) {
      return ofFile(f);
    }
    if (e instanceof JsonProcessingException json) {
      return ofJson(json);
    }
    if (e instanceof EOFException) {
      return "it ends too early";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    if (e instanceof ZipException) {
      return "it is damaged";
    }
    if (e instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
      return "interrupted";
    }
    if (e instanceof ClosedChannelException) {
      return "it was closed meanwhile";
    }
    if (e instanceof UnknownHostException) {
      return "no such host";
    }
    return plain(e);
  }

  /**
   * The file, where it names one, and the reason: {@code FILE: Permission denied}. A sentence that
   * daxcheck itself made of it stays as it is.
   */
  public static String sentence(IOException e) {
    if (e instanceof FileSystemException f && f.getFile() != null) {
      return f.getFile() + ": " + of(e);
    }
    if (e instanceof FileNotFoundException && e.getMessage() != null) {
      return e.getMessage().replaceFirst(" \\([^()]+\\)$", "") + ": " + of(e);
    }
    return of(e);
  }

  private static String ofFile(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    if (e instanceof NotDirectoryException) {
      return "Not a directory";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "Directory not empty";
    }
    if (e instanceof FileSystemLoopException) {
      return "Too many levels of symbolic links";
    }
    if (e instanceof AtomicMoveNotSupportedException) {
      return "Invalid cross-device link";
    }
    return e.getReason() == null
        ? NONE
        : e.getReason().replaceFirst(" or unable to access attributes of symbolic link$", "");
  }

  /** Where it is wrong: Jackson's own words are about Java's classes. */
  private static String ofJson(JsonProcessingException e) {
    String what = e instanceof JacksonYAMLParseException ? "this is not YAML" : "this is not JSON";
    if (e instanceof JsonMappingException mapped && !(e.getCause() instanceof IOException)) {
      String path =
          mapped.getPath().stream()
              .map(
                  r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : "." + r.getFieldName())
              .collect(Collectors.joining())
              .replaceFirst("^\\.", "");
      String value = path.isEmpty() ? "a value" : path;
      Matcher missing = MISSING.matcher(mapped.getOriginalMessage());
      what =
          missing.find()
              ? value + " has no '" + missing.group(1) + "'"
              : value + " is not of its kind";
    }
    JsonLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1
        ? what
        : "%s (line %d, column %d)".formatted(what, at.getLineNr(), at.getColumnNr());
  }

  private static String plain(IOException e) {
    String said = e.getMessage();
    if (said == null || said.isBlank() || OF_JAVA.matcher(said).find()) {
      return e.getCause() instanceof IOException cause && cause != e ? of(cause) : NONE;
    }
    Matcher around = AROUND.matcher(said);
    if ((said.startsWith("Cannot run program") || e instanceof FileNotFoundException)
        && around.matches()) {
      return around.group(1) == null ? around.group(2) : around.group(1);
    }
    return said;
  }
}
