package dev.candor.governance.provenance.documents;

import dev.candor.governance.GovernanceException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A template with its answers. Every question has one: what nobody has answered is unknown.
 *
 * @param template the questions
 * @param subject what it is about
 * @param metadata what Hugging Face wants at the head of a card, such as {@code license}
 * @param answers by the keys of the questions, all of them, in their order
 * @param metrics figures
 * @param energy what was spent
 * @param steps commands by which the subject was made
 */
public record Document(
    DocumentTemplate template,
    Subject subject,
    SortedMap<String, List<String>> metadata,
    Map<String, Answer> answers,
    List<Metric> metrics,
    List<Energy> energy,
    List<String> steps) {

  /**
   * What a document is about.
   *
   * @param name what people call it
   * @param digest SHA-256 by which records call it, if the document is about one version
   */
  public record Subject(String name, Optional<String> digest) {}

  public Document {
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    Map<String, Answer> all = new LinkedHashMap<>();
    for (String question : template.questions()) {
      all.put(question, answers.getOrDefault(question, Answer.unknown()));
    }
    answers.keySet().stream()
        .filter(question -> !all.containsKey(question))
        .findFirst()
        .ifPresent(question -> {
          throw template.unknown("question", question, template.questions());
        });
    answers = Collections.unmodifiableMap(all);
    metrics = List.copyOf(metrics);
    energy = List.copyOf(energy);
    steps = List.copyOf(steps);
  }

  /** What a program knows, without figures. */
  public static Document of(
      DocumentTemplate template, Subject subject, Map<String, Answer> answers) {
    return new Document(
        template, subject, new TreeMap<>(), answers, List.of(), List.of(), List.of());
  }

  /** The answer to a question. */
  public Answer answer(String question) {
    return Optional.ofNullable(answers.get(question))
        .orElseThrow(() -> template.unknown("question", question, template.questions()));
  }

  /**
   * The same with what somebody has written: where they say something, it goes first.
   *
   * @throws GovernanceException {@code governance.document-other-subject} if that is about
   *     something else, or of another template
   */
  public Document with(Document author) {
    if (!author.template().equals(template)
        || author.subject().digest().isPresent()
            && !author.subject().digest().equals(subject.digest())) {
      throw new GovernanceException(
          "document-other-subject",
          "the answers are a "
              + author.template().key()
              + " of "
              + author.subject().digest().orElse("something without a digest")
              + ", wanted are those of a "
              + template.key()
              + " of "
              + subject.digest().orElse(subject.name()),
          "Write answers for this one, or leave subject out of them.");
    }
    Map<String, Answer> merged = new LinkedHashMap<>(answers);
    author
        .answers()
        .forEach((question, answer) -> {
          if (!answer.isUnknown()) {
            merged.put(question, answer);
          }
        });
    SortedMap<String, List<String>> head = new TreeMap<>(metadata);
    head.putAll(author.metadata());
    return new Document(
        template,
        subject,
        head,
        merged,
        author.metrics().isEmpty() ? metrics : author.metrics(),
        author.energy().isEmpty() ? energy : author.energy(),
        author.steps().isEmpty() ? steps : author.steps());
  }
}
