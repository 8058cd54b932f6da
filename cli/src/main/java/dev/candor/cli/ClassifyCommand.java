package dev.candor.cli;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.governance.confidence.Confidence;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.explanation.ChoiceConfidence;
import dev.candor.governance.explanation.Language;
import dev.candor.governance.explanation.PlainWords;
import dev.candor.governance.explanation.RecordedExplanation;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which label fits a text, and how probable each is. */
@CommandLine.Command(
    name = "classify",
    description = {
      "Says which of some labels fits a text, with the probability of each: that of the label being"
          + " the model's answer, if it answers with one of them; or, with --head, what a head says"
          + " that was trained on the model's hidden states.",
      "",
      "Where 'candor calibrate' has a calibration of the same labels and question that holds, the"
          + " answer says what its probability is worth, and whether a person is to look at the"
          + " case: 'refer' in each row, exit code 3 of a single text."
    },
    footer = {
      "",
      "Examples:",
      "  candor classify --labels complaint,question,praise \"Where is my parcel?\"",
      "  candor classify --labels spam,ham mail.txt --json",
      "  candor classify --labels billing,technical tickets.csv --column body --out sorted.csv",
      "  candor classify --head sections tickets.csv --column body --out sorted.csv",
      "",
      "Exit codes: 0 answered, 3 answered, and a person is to look at the case, 1 not."
    })
final class ClassifyCommand extends TextCommand {

  @Option(
      names = {"-l", "--labels"},
      split = ",",
      paramLabel = "LABEL",
      description = "What to choose from, separated by commas.")
  List<String> labels = List.of();

  @Option(
      names = "--head",
      paramLabel = "DIR",
      description =
          "In place of labels: a head that was trained on hidden states of this model. The text is"
              + " read once, and no token is generated.")
  @Nullable Path headFolder;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "The group that the texts belong to, where a calibration tells groups apart.")
  @Nullable String group;

  private @Nullable SoftmaxHead head;

  private @Nullable ChoiceConfidence confidence;

  /** What the probability of the single text is worth. */
  private List<String> said = List.of();

  ClassifyCommand(Streams streams) {
    super(streams);
  }

  @Override
  void check() {
    if (labels.isEmpty() == (headFolder == null)) {
      throw usage("give either --labels or --head");
    }
    if (headFolder != null) {
      if (instruction != null || think || adapter.adapter != null) {
        throw usage("--head reads the text alone: no --instruction, --think or --adapter");
      }
      SoftmaxHead read = SoftmaxHead.read(headFolder);
      head = read;
      labels = read.labels();
      return;
    }
    labels = labels.stream().map(String::strip).toList();
    if (labels.size() < 2 || labels.size() > LabelQuestion.MOST_LABELS) {
      throw usage("--labels must name 2 to " + LabelQuestion.MOST_LABELS + " labels");
    }
    if (labels.stream().anyMatch(String::isEmpty) || new HashSet<>(labels).size() < labels.size()) {
      throw usage("--labels must name different labels, none empty");
    }
  }

  @Override
  Optional<String> head() {
    return Optional.ofNullable(head).map(SoftmaxHead::digest);
  }

  @Override
  void check(LanguageModel language) {
    if (head != null) {
      head.requireBase(language);
    }
  }

  @Override
  DecisionTask task(TextTask task, String text) {
    SoftmaxHead trained = head;
    if (trained != null) {
      return new DecisionTask.Head(trained, text, task.options());
    }
    String question = new LabelQuestion(labels, Optional.ofNullable(instruction)).words(text);
    return new DecisionTask.Choose(
        TokenIds.of(task.tokens(question)), task.options(), labels, task.thinking());
  }

  /** The best label, and what each has. */
  @Override
  Map<String, Object> answer(DecisionOutput output) {
    double[] probabilities =
        output.probabilities().stream().mapToDouble(Double::doubleValue).toArray();
    int best = LabelQuestion.best(probabilities);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("label", labels.get(best));
    answer.put("probability", probabilities[best]);
    if (nests()) {
      Map<String, Object> each = new LinkedHashMap<>();
      for (int i = 0; i < probabilities.length; i++) {
        each.put(labels.get(i), probabilities[i]);
      }
      answer.put("probabilities", each);
    } else {
      for (int i = 0; i < probabilities.length; i++) {
        answer.put("probability of " + labels.get(i), probabilities[i]);
      }
    }
    if (head != null && isSingle()) {
      answer.put("headDigest", head.digest());
    }
    return answer;
  }

  /** Whether an answer has members within members; a table has columns alone. */
  private boolean nests() {
    return isSingle() || json && !isTable();
  }

  @Override
  boolean judge(Judged judged, DecisionOutput output, Map<String, Object> answer) {
    if (!(judged.task() instanceof DecisionTask.Choose task)) {
      return false;
    }
    ChoiceConfidence worths = confidence;
    if (worths == null) {
      LoadedModel loaded = judged.loaded();
      worths =
          new ChoiceConfidence(
              judged.governance(),
              new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter()));
      confidence = worths;
    }
    Optional<Confidence> worth =
        worths.of(task, judged.text(), output.probabilities(), Optional.ofNullable(group));
    if (nests()) {
      worth.ifPresent(it -> {
        answer.put("confidence", RecordedExplanation.confidence(it));
        said = new PlainWords(Language.ENGLISH).of(it);
      });
    } else if (worth.isPresent() || isTable() && worths.isThereAny(task)) {
      // A table has its columns from its first row on, also where that one has none of it.
      answer.put("confidence", worth.<Object>map(Confidence::probability).orElse(""));
      answer.put("one of", worth.map(it -> String.join("; ", it.set())).orElse(""));
      answer.put("refer", worth.<Object>map(Confidence::refer).orElse(""));
    }
    return worth.map(Confidence::refer).orElse(false);
  }

  @Override
  String describe(Map<String, Object> answer) {
    StringBuilder lines = new StringBuilder();
    Map<?, ?> each = (Map<?, ?>) Objects.requireNonNull(answer.get("probabilities"));
    int width = labels.stream().mapToInt(String::length).max().orElse(0);
    each.entrySet().stream()
        .sorted((a, b) -> Double.compare((Double) b.getValue(), (Double) a.getValue()))
        .forEach(label ->
            lines.append(
                String.format(
                    Locale.ROOT,
                    "%-" + width + "s  %5.1f %%%n",
                    label.getKey(),
                    100 * (Double) label.getValue())));
    said.forEach(sentence -> lines.append(sentence).append(System.lineSeparator()));
    return lines.toString().stripTrailing();
  }
}
