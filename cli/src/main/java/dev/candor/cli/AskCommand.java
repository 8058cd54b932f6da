package dev.candor.cli;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.governance.Governance;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.TokenIds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One question, one answer. */
@CommandLine.Command(
    name = "ask",
    description = {
      "Answers one question. The answer goes to standard output; what is said about it goes to"
          + " standard error, or below the answer on a terminal."
    },
    footer = {
      "",
      "Examples:",
      "  candor ask \"Why is the sky blue?\"",
      "  candor ask --temperature 0.7 --seed 42 \"A short poem about rain\"",
      "  candor ask \"Summarise this:\" - < letter.txt",
      "  git log -1 | candor ask --system \"Reply in one sentence.\"",
      "  candor ask --choices yes,no \"Is 91 a prime number?\"",
      "  candor ask --schema person.json \"Who wrote Faust?\"",
      "  candor ask --model model.gguf --raw \"The capital of France is\" --json"
    })
final class AskCommand extends Command {

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "The question; '-' stands for standard input, which is read if none is given.")
  List<String> words = List.of();

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin SamplingArguments sampling = new SamplingArguments();

  @Mixin ConstraintArguments constraints = new ConstraintArguments();

  @Mixin DecisionArguments decisions = new DecisionArguments();

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first.")
  @Nullable String system;

  @Option(
      names = "--raw",
      description = "Go on from the prompt as it is, without the model's chat template.")
  boolean raw;

  @Option(
      names = "--logprobs",
      arity = "0..1",
      fallbackValue = "0",
      paramLabel = "N",
      description = "With --json: each token's log probability, and those of the N most likely.")
  @Nullable Integer logprobs;

  AskCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (logprobs != null && !json) {
      throw usage("--logprobs needs --json");
    }
    if (raw && system != null) {
      throw usage("--raw and --system exclude each other");
    }
    String prompt = prompt();
    Optional<Constraint> constraint = constraints.constraint();
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded =
            model.loadToDecide(
                streams, governance, decisions.actor.principal(), adapter, Optional.empty());
        Interrupt interrupt = new Interrupt()) {
      int[] ids =
          raw
              ? loaded.language().tokenizer().encode(prompt, true, false)
              : loaded.prompt(Optional.ofNullable(system), List.of(ChatMessage.of("user", prompt)));
      GenerationRequest request =
          within(
              loaded.language(),
              constraint,
              sampling.request(
                  loaded.language().defaultSampling(), logprobs == null ? -1 : logprobs));
      int context = model.contextFor(loaded.language(), ids.length, sampling.maximumTokens);
      SessionOptions session = model.session(loaded, context);
      loaded.tellMemory(streams, session, json);
      DecisionTask task =
          new DecisionTask.Generate(TokenIds.of(ids), session, request, Optional.empty());
      try (AnswerPrinter printer =
          new AnswerPrinter(streams, json, ids.length, interrupt::pressed)) {
        Decision decision =
            governance
                .pipeline()
                .decide(
                    decisions.request(loaded, prompt, task),
                    ContextSource.anew(loaded.language(), session),
                    printer);
        report(loaded, request, printer.summary(decision));
      }
      return interrupt.pressed() ? Interrupt.EXIT_CODE : OK;
    }
  }

  /** A model that thinks may do so first. */
  private static GenerationRequest within(
      LanguageModel language, Optional<Constraint> constraint, GenerationRequest request) {
    if (constraint.isEmpty()) {
      return request;
    }
    Constraint allowed = constraint.get();
    return request.within(language.thinkingEnd().map(allowed::after).orElse(allowed));
  }

  private void report(LoadedModel loaded, GenerationRequest request, AnswerSummary summary) {
    if (json) {
      Map<String, Object> members = summary.members();
      members.put("model", loaded.name());
      members.put("loadMillis", loaded.loadMillis());
      members.put("seed", request.sampling().seed());
      Optional<Answer> answer = summary.output().answer();
      if (logprobs != null && answer.isPresent()) {
        members.put("logprobs", LogprobReport.of(answer.get(), loaded.language().tokenizer()));
      }
      printJson(members);
    } else {
      streams.summary().println(summary);
    }
  }

  /** The words in their order, standard input in the place of each dash. */
  private String prompt() {
    if (words.isEmpty()) {
      if (streams.inIsTerminal()) {
        throw usage("give a PROMPT, or pipe one in");
      }
      return requireText(piped());
    }
    StringBuilder prompt = new StringBuilder();
    for (String word : words) {
      if (!prompt.isEmpty()) {
        prompt.append(word.equals("-") ? '\n' : ' ');
      }
      prompt.append(word.equals("-") ? piped() : word);
    }
    return requireText(prompt.toString());
  }

  /** Without the line break that ends it, as a shell's {@code $(…)} has it. */
  private String piped() {
    return streams.readAll().replaceFirst("\\R\\z", "");
  }

  private static String requireText(String prompt) {
    if (prompt.isBlank()) {
      throw new CommandException(
          "input.empty", "the prompt is empty", "Give a question, or pipe one in.");
    }
    return prompt;
  }
}
