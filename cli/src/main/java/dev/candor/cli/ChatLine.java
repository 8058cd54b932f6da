package dev.candor.cli;

import java.util.List;

/** What a line of a chat means: a question, or a command that begins with a slash. */
sealed interface ChatLine {

  /** A blank line. */
  record Nothing() implements ChatLine {}

  /** To the model. */
  record Question(String text) implements ChatLine {}

  /** Leaves. */
  record Exit() implements ChatLine {}

  /** Lists the commands. */
  record Help() implements ChatLine {}

  /** Forgets what was said. */
  record Clear() implements ChatLine {}

  /** Says what the model is told first; empty for nothing. */
  record SetSystem(String text) implements ChatLine {}

  /** Keeps the chat under a name. */
  record Save(String name) implements ChatLine {}

  /** Goes on with a kept chat. */
  record Load(String name) implements ChatLine {}

  /**
   * A command in the help.
   *
   * @param name with its slash
   * @param argument what follows it; may be empty
   * @param effect what it does
   */
  record Described(String name, String argument, String effect) {
    /** Such as {@code /save NAME}. */
    String synopsis() {
      return (name + " " + argument).strip();
    }
  }

  /** All commands, in the order of the help. */
  List<Described> COMMANDS =
      List.of(
          new Described("/help", "", "lists these commands"),
          new Described("/clear", "", "forgets what was said"),
          new Described("/system", "TEXT", "forgets too, and tells the model TEXT first"),
          new Described("/save", "NAME", "keeps this chat, and what the model remembers of it"),
          new Described("/load", "NAME", "goes on with a kept chat"),
          new Described("/exit", "", "leaves, as Ctrl-D does"));

  /**
   * Reads a line.
   *
   * @throws CommandException {@code chat.unknown-command} or {@code chat.argument}
   */
  static ChatLine parse(String line) {
    String text = line.strip();
    if (text.isEmpty()) {
      return new Nothing();
    }
    if (!line.startsWith("/")) {
      return new Question(text);
    }
    int blank = text.indexOf(' ');
    String command = blank < 0 ? text : text.substring(0, blank);
    String argument = blank < 0 ? "" : text.substring(blank + 1).strip();
    return switch (command) {
      case "/help", "/?" -> new Help();
      case "/exit", "/quit", "/bye" -> new Exit();
      case "/clear" -> new Clear();
      case "/system" -> new SetSystem(argument);
      case "/save" -> new Save(required(command, argument));
      case "/load" -> new Load(required(command, argument));
      default ->
          throw new CommandException(
              "chat.unknown-command",
              "there is no command " + command,
              "/help lists the commands; begin a question with a blank to ask it all the same.");
    };
  }

  private static String required(String command, String argument) {
    if (argument.isEmpty()) {
      throw new CommandException(
          "chat.argument", command + " needs a name", "Type " + command + " NAME.");
    }
    return argument;
  }
}
