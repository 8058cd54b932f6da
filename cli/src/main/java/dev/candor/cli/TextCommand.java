package dev.candor.cli;

import dev.candor.cli.RowFile.Format;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.governance.Governance;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.PendingDecision;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands share that say something about a text, or about each row of a file. */
abstract class TextCommand extends Command {

  @Parameters(
      arity = "0..*",
      paramLabel = "TEXT|FILE",
      description =
          "The text; or a .csv or .jsonl file, of which each row is a text; or another file, which"
              + " is one text. Standard input is read if none is given.")
  List<String> words = List.of();

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin DecisionArguments decisions = new DecisionArguments();

  @Option(
      names = "--column",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "Of a file's rows: the column with the text (default: ${DEFAULT-VALUE}).")
  String column = "text";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "Where the rows go with their results, in the file's own format (default: standard output).")
  @Nullable Path out;

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = "What is asked, in place of the usual sentence.")
  @Nullable String instruction;

  @Option(names = "--think", description = "Let a reasoning model think before it answers.")
  boolean think;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Most tokens of thoughts, and of the answer (default: ${DEFAULT-VALUE}).")
  int maximumTokens = 1024;

  /** Of the file whose rows are asked about. */
  private Optional<Format> rows = Optional.empty();

  TextCommand(Streams streams) {
    super(streams);
  }

  /** What a model is to do with a text. */
  abstract DecisionTask task(TextTask task, String text);

  /** What was found out about a text, by names that a table can have as columns. */
  abstract Map<String, Object> answer(DecisionOutput output);

  /**
   * Adds what is known of an answer besides.
   *
   * @param answer of {@link #answer}
   * @return whether a person is to look at the case
   */
  boolean judge(Judged judged, DecisionOutput output, Map<String, Object> answer) {
    return false;
  }

  /**
   * What has been decided.
   *
   * @param text that was asked about
   */
  record Judged(Governance governance, LoadedModel loaded, DecisionTask task, String text) {}

  /** The same for a person. */
  abstract String describe(Map<String, Object> answer);

  /** Whether there is one text, and not the rows of a file. */
  final boolean isSingle() {
    return rows.isEmpty();
  }

  /** Whether what is said of all rows has the same columns. */
  final boolean isTable() {
    return rows.filter(Format.CSV::equals).isPresent();
  }

  /** Checks the options, before a model is loaded. */
  abstract void check();

  /** SHA-256 of the head that decides, if one does. */
  Optional<String> head() {
    return Optional.empty();
  }

  /** Checks what only the model shows, before the first text. */
  void check(LanguageModel language) {}

  @Override
  public Integer call() {
    if (maximumTokens < 1) {
      throw usage("--max-tokens must be 1 or more");
    }
    check();
    Optional<Path> file = words.size() == 1 ? existing(words.getFirst()) : Optional.empty();
    Optional<Format> format = file.flatMap(Format::of);
    if (format.isPresent()) {
      requirePlace();
      List<Row> rows = RowFile.read(file.get(), format.get());
      rows.forEach(this::textOf);
      this.rows = format;
      rows(rows, format.get());
    } else if (out != null) {
      throw usage("--out is for the rows of a .csv or .jsonl file");
    } else if (file.isEmpty() && words.size() == 1 && namesRows(words.getFirst())) {
      throw new CommandException(
          "file.missing",
          words.getFirst() + ": no such file",
          "Check the path; a text that ends like the name of a file is read from standard input.");
    } else {
      return one(requireText(file.isPresent() ? TextFile.read(file.get()) : typed()));
    }
    return OK;
  }

  private int one(String text) {
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded = load(governance);
        TextTask questions = questions(loaded);
        Interrupt interrupt = new Interrupt()) {
      check(loaded.language());
      long started = System.nanoTime();
      DecisionTask task = task(questions, text);
      Decision decision =
          governance
              .pipeline()
              .decide(
                  decisions.request(loaded, text, task),
                  questions,
                  new StoppableDecision(interrupt));
      double millis = (System.nanoTime() - started) / 1e6;
      requireWhole(decision.output());
      Map<String, Object> answer = answer(decision.output());
      boolean refer = judge(new Judged(governance, loaded, task, text), decision.output(), answer);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>(answer);
        members.put("millis", millis);
        members.put("model", loaded.name());
        members.put("modelDigest", loaded.language().digest());
        loaded.adapter().digest().ifPresent(digest -> members.put("adapterDigest", digest));
        members.put("receipt", ReceiptReport.members(decision));
        printJson(members);
      } else {
        streams.out().println(describe(answer));
        streams.summary().println(ReceiptReport.line(decision));
      }
      return refer ? REFERRED : OK;
    }
  }

  /** Half an answer is none: it would not be of the labels, nor of the schema. */
  private static void requireWhole(DecisionOutput output) {
    if (output.outcome().equals("stopped")) {
      throw stopped();
    }
  }

  private static CommandException stopped() {
    return new CommandException(
        "decision.stopped", "the decision was stopped before it had an answer", "Ask again.");
  }

  private void rows(List<Row> rows, Format format) {
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded = load(governance);
        TextTask questions = questions(loaded);
        Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams)) {
      check(loaded.language());
      RowDecisions decided = new RowDecisions(governance, loaded, questions, interrupt, progress);
      Path target = out;
      if (target == null) {
        decided.write(rows, new RowFile.Writer(streams.out(), format));
        return;
      }
      // Under another name until all of it is there.
      Path part = target.resolveSibling("." + target.getFileName() + ".part");
      try {
        try (OutputStream stream = Files.newOutputStream(part)) {
          decided.write(rows, new RowFile.Writer(stream, format));
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        // Texts and answers in clear: where it did not become the result, it does not stay.
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Rows, one after the other. While the model is at the next ones, the disk takes those before:
   * each is written out once its record is durable.
   */
  private final class RowDecisions {
    private static final int MOST_WAITING = 64;

    private final Governance governance;
    private final LoadedModel loaded;
    private final TextTask questions;
    private final Interrupt interrupt;
    private final ProgressLine progress;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int begun;
    private int written;

    RowDecisions(
        Governance governance,
        LoadedModel loaded,
        TextTask questions,
        Interrupt interrupt,
        ProgressLine progress) {
      this.governance = governance;
      this.loaded = loaded;
      this.questions = questions;
      this.interrupt = interrupt;
      this.progress = progress;
    }

    private record Waiting(Row row, Judged judged, PendingDecision decision) {}

    void write(List<Row> rows, RowFile.Writer writer) {
      try {
        decide(rows, writer);
      } catch (RuntimeException e) {
        tellHowFar(rows.size(), writer);
        throw e;
      }
    }

    /**
     * Whoever reads standard output gets what is durable, before they are told why no more comes.
     */
    private void tellHowFar(int all, RowFile.Writer writer) {
      try {
        while (!waiting.isEmpty()) {
          write(writer, waiting.removeFirst());
        }
      } catch (RuntimeException e) {
        // What ended the rows before it is told.
      }
      progress.close();
      streams
          .err()
          .println(
              written
                  + " of "
                  + all
                  + " rows were answered, and each has its record"
                  + (out == null ? "." : "; " + out + " was not written."));
    }

    private void decide(List<Row> rows, RowFile.Writer writer) {
      for (Row row : rows) {
        if (interrupt.pressed()) {
          throw stopped();
        }
        String text = textOf(row);
        DecisionTask task = task(questions, text);
        PendingDecision decision =
            governance
                .pipeline()
                .decideLater(
                    decisions.request(loaded, text, task, row.number()),
                    questions,
                    new StoppableDecision(interrupt));
        waiting.add(new Waiting(row, new Judged(governance, loaded, task, text), decision));
        if (waiting.size() > MOST_WAITING) {
          write(writer, waiting.removeFirst());
        }
        progress.count("", ++begun, rows.size());
      }
      while (!waiting.isEmpty()) {
        write(writer, waiting.removeFirst());
      }
    }

    private void write(RowFile.Writer writer, Waiting next) {
      Decision decision = next.decision().await();
      requireWhole(decision.output());
      Map<String, Object> cells = new LinkedHashMap<>(next.row().cells());
      Map<String, Object> answer = answer(decision.output());
      judge(next.judged(), decision.output(), answer);
      answer.put("decision", decision.receipt().decision());
      answer.forEach((name, value) -> cells.put(free(next.row(), name), value));
      writer.write(cells);
      written++;
    }
  }

  /** A name of the answer's beside those of the row, of which nothing may be lost. */
  private static String free(Row row, String name) {
    String free = name;
    while (row.cells().containsKey(free)) {
      free = "answer_" + free;
    }
    return free;
  }

  private LoadedModel load(Governance governance) {
    return model.loadToDecide(streams, governance, decisions.actor.principal(), adapter, head());
  }

  private TextTask questions(LoadedModel loaded) {
    int context = model.contextOf(loaded.language());
    return new TextTask(loaded, model.session(loaded, context), think, maximumTokens);
  }

  private String textOf(Row row) {
    Object text = row.cells().get(column);
    if (text instanceof String s && !s.isBlank()) {
      // As of a single text; chat templates leave out what is around it.
      return s.strip();
    }
    throw new CommandException(
        "rows.no-text",
        "row "
            + row.number()
            + " has no text in the column '"
            + column
            + "'; it has "
            + row.cells().keySet(),
        "Say which column holds the text (--column), and leave out empty rows.");
  }

  /** Said before the work begins. */
  private void requirePlace() {
    if (out == null) {
      return;
    }
    Path folder = out.toAbsolutePath().getParent();
    if (Files.isDirectory(out)) {
      throw new CommandException("file.folder", out + " is a folder", "Name a file with --out.");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new CommandException(
          "file.missing", folder + ": no such folder", "Make it, or say another file with --out.");
    }
  }

  private static Optional<Path> path(String word) {
    try {
      return Optional.of(Path.of(word));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> existing(String word) {
    return path(word).filter(Files::isRegularFile);
  }

  /** Whether it is written as the name of a file of rows; a sentence is not. */
  private static boolean namesRows(String word) {
    return word.chars().noneMatch(Character::isWhitespace)
        && path(word).flatMap(Format::of).isPresent();
  }

  private String typed() {
    if (words.isEmpty() && streams.inIsTerminal()) {
      throw usage("give a TEXT or a FILE, or pipe one in");
    }
    return words.isEmpty() ? streams.readAll() : String.join(" ", words);
  }

  private static String requireText(String text) {
    if (text.isBlank()) {
      throw new CommandException("input.empty", "the text is empty", "Give a text.");
    }
    return text.strip();
  }
}
