package dev.candor.cli;

import dev.candor.cli.ChatInput.Interrupted;
import dev.candor.cli.store.ModelStore;
import dev.candor.governance.Governance;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Questions and answers that remember each other. */
@CommandLine.Command(
    name = "chat",
    description = {
      "Talks with a model. Ctrl-C stops an answer; at the prompt, twice, or Ctrl-D, or /exit,"
          + " leaves. Lines that are piped in are questions too; with --json each answer is then"
          + " one JSON object.",
      "What is typed is remembered in chat-history, and what /save keeps in states, both in clear in"
          + " CANDOR_HOME, where 'candor audit erase' does not reach. With --subject nothing is"
          + " remembered and /save is refused."
    },
    footer = {
      "",
      "Examples:",
      "  candor chat",
      "  candor chat --system \"You are a patient tutor.\"",
      "  candor chat --load homework",
      "",
      "/help in a chat lists its commands."
    })
final class ChatCommand extends Command {

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin SamplingArguments sampling = new SamplingArguments();

  @Mixin DecisionArguments decisions = new DecisionArguments();

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first.")
  @Nullable String system;

  @Option(
      names = "--load",
      paramLabel = "NAME",
      description = "Go on with a chat that /save has kept.")
  @Nullable String load;

  ChatCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (decisions.requestKey != null) {
      throw usage("--request-id is for one question, as 'candor ask' has it");
    }
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded =
            model.loadToDecide(
                streams, governance, decisions.actor.principal(), adapter, Optional.empty())) {
      loaded.requireCleared();
      ChatSettings settings =
          new ChatSettings(
              sampling.request(loaded.language().defaultSampling(), -1),
              model.session(loaded, model.contextOf(loaded.language())),
              Optional.ofNullable(system),
              decisions,
              json);
      SavedChats saved = new SavedChats(ModelStore.ofUser().home().resolve("states"));
      try (Chat chat = new Chat(streams, governance, loaded, settings, saved);
          ChatInput input = input()) {
        input.onInterrupt(() -> {
          if (!chat.stop() && !streams.inIsTerminal()) {
            // Nobody can press Ctrl-C twice in a pipe.
            System.exit(Interrupt.EXIT_CODE);
          }
        });
        if (load != null) {
          chat.load(load);
        }
        if (streams.inIsTerminal()) {
          streams.err().println("This is " + loaded.name() + ". /help lists commands.");
        }
        return talk(chat, input);
      }
    }
  }

  /** Lines are remembered in clear, where no erasure reaches: none about a data subject is. */
  private Optional<Path> history() {
    return decisions.subject == null
        ? Optional.of(ModelStore.ofUser().home().resolve("chat-history"))
        : Optional.empty();
  }

  private ChatInput input() {
    return streams.inIsTerminal() && streams.outIsTerminal()
        ? new TypedChatInput(
            history(), ChatLine.COMMANDS.stream().map(ChatLine.Described::name).toList())
        : ChatInput.piped(streams);
  }

  /** Until there are no more lines; exit code 1 if a piped question could not be answered. */
  private int talk(Chat chat, ChatInput input) {
    boolean warned = false;
    int exitCode = OK;
    while (true) {
      Optional<String> line;
      try {
        line = input.line();
      } catch (Interrupted e) {
        if (warned) {
          return exitCode;
        }
        warned = true;
        streams.err().println("Ctrl-C again, Ctrl-D or /exit leaves.");
        continue;
      }
      warned = false;
      if (line.isEmpty()) {
        return exitCode;
      }
      try {
        switch (ChatLine.parse(line.get())) {
          case ChatLine.Nothing() -> {}
          case ChatLine.Exit() -> {
            return exitCode;
          }
          case ChatLine.Help() -> help();
          case ChatLine.Clear() -> chat.clear();
          case ChatLine.SetSystem(String text) -> chat.system(text);
          case ChatLine.Save(String name) -> chat.save(name);
          case ChatLine.Load(String name) -> chat.load(name);
          case ChatLine.Question(String text) -> chat.ask(text);
        }
      } catch (RuntimeException e) {
        // An error ends a turn, not the chat: there may be much in it.
        report(ErrorReport.of(e), e);
        exitCode = streams.inIsTerminal() ? OK : FAILED;
      }
    }
  }

  private void report(ErrorReport report, RuntimeException e) {
    if (json) {
      JsonOutput.printLine(streams.out(), report.members());
    } else {
      streams.err().println(report);
    }
    if (debug) {
      e.printStackTrace(streams.err());
    }
  }

  private void help() {
    int width = ChatLine.COMMANDS.stream().mapToInt(it -> it.synopsis().length()).max().orElse(0);
    for (ChatLine.Described command : ChatLine.COMMANDS) {
      streams.err().printf("%-" + width + "s  %s%n", command.synopsis(), command.effect());
    }
  }
}
