package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.confidence.Confidence;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.explanation.Alternatives;
import dev.candor.governance.explanation.Attribution;
import dev.candor.governance.explanation.ChoiceExplanation;
import dev.candor.governance.explanation.ExplanationActs;
import dev.candor.governance.explanation.ExplanationHtml;
import dev.candor.governance.explanation.ExplanationRequest;
import dev.candor.governance.explanation.Language;
import dev.candor.governance.explanation.PlainWords;
import dev.candor.governance.explanation.RecordedExplanation;
import dev.candor.governance.explanation.SpanKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why a decision came out as it did. */
@CommandLine.Command(
    name = "explain",
    description = {
      "Says which parts of a text carried a decision, and which small change would have led to"
          + " another. Give the ID of a decision; or, with --labels, a TEXT, which is decided first.",
      "",
      "The decision is computed again first, and explained only if it comes out the same to the"
          + " bit. Parts of the text are then left out and the model is asked again, some hundred"
          + " times. The reasons found are tested against 200 random ones: where chance does as well"
          + " in more than 5 of 100 cases, the explanation is NOT_FAITHFUL and has no reasons. A"
          + " change that leads to another label is decided in full before it is told.",
      "Decisions between labels are explained so, and with --field values that a schema lists. Free text"
          + " gets where its words stand and how sure the model was, which is no reason. The explanation is kept under the key of the"
          + " decision and erased with it. Roles: govern or audit, or the data subject itself."
    },
    footer = {
      "",
      "Examples:",
      "  candor explain 0197f0aa",
      "  candor explain 0197f0aa --rather-than question --lang fr",
      "  candor explain --labels low,medium,high \"The till is broken, we need it this week.\"",
      "  candor explain 0197f0aa --field priority",
      "  candor explain 0197f0aa --method shapley --spans phrases --html why.html --json",
      "",
      "Exit codes: 0 explained, 3 explained, and a person is to look at the case (by a calibration;"
          + " 'candor calibrate' makes one), 1 not.",
      "What the members of --json mean: docs/reference/explanations.md."
    })
final class ExplainCommand extends Command {

  /** Into what a text can be divided. */
  enum Spans {
    WORDS,
    PHRASES,
    SENTENCES,
    LINES
  }

  /** How reasons are found. */
  enum Method {
    OCCLUSION,
    SHAPLEY
  }

  @Parameters(
      arity = "0..*",
      paramLabel = "ID|TEXT",
      description = "A decision, or the first digits of its id; with --labels a text.")
  List<String> words = List.of();

  @Option(
      names = {"-l", "--labels"},
      split = ",",
      paramLabel = "LABEL",
      description = "Of a text: what to choose from, separated by commas.")
  List<String> labels = List.of();

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = "Of a text: what is asked, in place of the usual sentence.")
  @Nullable String instruction;

  @Option(
      names = "--rather-than",
      paramLabel = "LABEL",
      description = "Why the label was chosen rather than this one (default: the runner-up).")
  @Nullable String ratherThan;

  @Option(
      names = "--field",
      paramLabel = "NAME",
      description =
          "Of an answer that had to fit a schema: the value to explain, of a field with enum or of"
              + " the type boolean.")
  @Nullable String field;

  @Option(
      names = "--method",
      paramLabel = "occlusion|shapley",
      defaultValue = "OCCLUSION",
      description =
          "Leave each part out alone, or in many combinations with intervals (default: occlusion).")
  Method method = Method.OCCLUSION;

  @Option(
      names = "--spans",
      paramLabel = "words|phrases|sentences|lines",
      description = "Into what the text is divided (default: what suits its length).")
  @Nullable Spans spans;

  @Option(
      names = "--swap",
      paramLabel = "WORD=OTHER",
      description =
          "A word that may stand in the place of another when a change is looked for; may be given"
              + " several times. A small list of English opposites is always tried.")
  Map<String, String> swaps = new LinkedHashMap<>();

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "The group that the text belongs to, where the calibration tells groups apart.")
  @Nullable String group;

  @Option(
      names = "--lang",
      paramLabel = "en|fr",
      defaultValue = "en",
      description = "In which language it is told (default: ${DEFAULT-VALUE}).")
  String lang = "en";

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the explanation there too, as a fragment of HTML.")
  @Nullable Path html;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of all that is drawn at random (default: ${DEFAULT-VALUE}).")
  long seed;

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Option(
      names = "--head",
      paramLabel = "DIR",
      description = "Of an ID: the head that decided, where one did.")
  @Nullable Path headFolder;

  @Mixin DecisionArguments decisions = new DecisionArguments();

  ExplainCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (words.isEmpty()) {
      throw usage("give the ID of a decision, or --labels and a TEXT");
    }
    if (labels.isEmpty() && (words.size() > 1 || instruction != null)) {
      throw usage("a TEXT needs --labels; without them give one ID");
    }
    Language language = Language.of(lang);
    ExplanationRequest request = request();
    long began = System.nanoTime();
    if (labels.isEmpty()) {
      GovernedHome.requireLedger();
    }
    try (Governance governance = GovernedHome.open();
        Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams)) {
      ExplanationActs.Issued issued =
          labels.isEmpty()
              ? recorded(governance, request, interrupt, progress)
              : decided(governance, request, interrupt, progress);
      progress.close();
      report(issued, request, language, (System.nanoTime() - began) / 1e6);
      return isReferred(issued) ? REFERRED : OK;
    }
  }

  private static boolean isReferred(ExplanationActs.Issued issued) {
    return issued.explanation() instanceof ChoiceExplanation it
        && it.confidence().map(Confidence::refer).orElse(false);
  }

  private ExplanationRequest request() {
    Alternatives alternatives = Alternatives.opposites();
    swaps.forEach(alternatives::add);
    return new ExplanationRequest(
        Attribution.Method.valueOf(method.name()),
        Optional.ofNullable(field),
        Optional.ofNullable(spans).map(kind -> SpanKind.valueOf(kind.name())),
        Optional.ofNullable(ratherThan),
        Optional.ofNullable(group),
        alternatives,
        seed);
  }

  /** Who asks may be the data subject: its own name tells. */
  private Principal principal(Governance governance) {
    return decisions.actor.principal(governance, decisions.actor.principal().name());
  }

  private ExplanationActs.Issued recorded(
      Governance governance,
      ExplanationRequest request,
      Interrupt interrupt,
      ProgressLine progress) {
    Principal principal = principal(governance);
    String id = governance.records().id(words.getFirst());
    try (LoadedDeciders deciders =
        new LoadedDeciders(streams, model, adapter, Optional.ofNullable(headFolder), false)) {
      return explain(governance, principal, id, request, deciders, interrupt, progress);
    }
  }

  /** The decision is one like any other, and stays on record if its explanation is stopped. */
  private ExplanationActs.Issued decided(
      Governance governance,
      ExplanationRequest request,
      Interrupt interrupt,
      ProgressLine progress) {
    List<String> offered = labels.stream().map(String::strip).toList();
    if (offered.size() < 2
        || offered.size() > LabelQuestion.MOST_LABELS
        || offered.stream().anyMatch(String::isEmpty)
        || new HashSet<>(offered).size() < offered.size()) {
      throw usage(
          "--labels must name 2 to " + LabelQuestion.MOST_LABELS + " different labels, none empty");
    }
    String text = String.join(" ", words).strip();
    Principal principal = principal(governance);
    Authority.require(
        principal,
        Action.EXPLAIN,
        Optional.ofNullable(decisions.subject).map(governance.vault()::pseudonym));
    try (LoadedModel loaded =
            model.loadToDecide(streams, governance, principal, adapter, Optional.empty());
        TextTask questions =
            new TextTask(
                loaded, model.session(loaded, model.contextOf(loaded.language())), false, 0)) {
      String question = new LabelQuestion(offered, Optional.ofNullable(instruction)).words(text);
      DecisionTask task =
          new DecisionTask.Choose(
              TokenIds.of(questions.tokens(question)),
              questions.options(),
              offered,
              Optional.empty());
      Decision decision =
          governance
              .pipeline()
              .decide(
                  decisions.request(loaded, text, task),
                  questions,
                  new StoppableDecision(interrupt));
      if (decision.output().probabilities().isEmpty()) {
        throw new CommandException(
            "decision.stopped", "the decision was stopped before it had an answer", "Ask again.");
      }
      if (!json) {
        progress.close();
        streams.summary().println(ReceiptReport.line(decision));
      }
      ModelIdentity identity =
          new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter());
      return explain(
          governance,
          principal,
          decision.receipt().decision(),
          request,
          new SameModel(identity),
          interrupt,
          progress);
    }
  }

  private ExplanationActs.Issued explain(
      Governance governance,
      Principal principal,
      String id,
      ExplanationRequest request,
      Replay.Deciders deciders,
      Interrupt interrupt,
      ProgressLine progress) {
    return new ExplanationActs(governance)
        .explain(
            principal,
            id,
            request,
            deciders,
            (texts, done, total) -> {
              if (total > 0) {
                progress.count("asking about " + texts + " texts", done, total);
              }
              return !interrupt.pressed();
            });
  }

  private void report(
      ExplanationActs.Issued issued, ExplanationRequest request, Language language, double millis) {
    Path file = html;
    if (file != null) {
      try {
        Files.writeString(file, ExplanationHtml.of(issued.explanation(), language));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    PlainWords plain = new PlainWords(language);
    List<String> sentences = plain.of(issued.explanation());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("decision", issued.decision());
      members.put("entry", issued.entry());
      members.put("text", issued.explanation().text());
      members.putAll(RecordedExplanation.members(issued.explanation(), request));
      members.put("words", sentences);
      members.put("millis", millis);
      printJson(members);
      return;
    }
    List<String> lines =
        new ArrayList<>(new MarkedText(streams.outIsTerminal(), plain).lines(issued.explanation()));
    lines.add("");
    sentences.forEach(sentence -> lines.add(MarkedText.plain(sentence)));
    lines.forEach(streams.out()::println);
    streams
        .summary()
        .printf(
            "[%s, decision %s: entry %d of the ledger]%n",
            issued.explanation().status().name(), issued.decision(), issued.entry());
  }
}
