package dev.candor.cli;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.ChatMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Chats that are kept, each in a folder of its name: {@code chat.json}, format version 1, with what
 * was said, and {@code session.state}, what the model remembers of it.
 *
 * @param folder of all of them
 */
record SavedChats(Path folder) {

  private static final int FORMAT = 1;
  private static final String NAMES = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  /**
   * A chat that is back.
   *
   * @param session must be closed by who gets it
   */
  record Kept(Optional<String> system, List<ChatMessage> messages, Session session) {}

  /** Keeps a chat; one of that name is replaced. */
  void save(String name, Optional<String> system, List<ChatMessage> messages, Session session) {
    Path target = folder(name);
    List<Map<String, Object>> said = new ArrayList<>();
    messages.forEach(message -> said.add(message.fields()));
    Map<String, Object> chat = new LinkedHashMap<>();
    chat.put("format", FORMAT);
    system.ifPresent(text -> chat.put("system", text));
    chat.put("messages", said);
    try {
      Files.createDirectories(target);
      session.save(target.resolve("session.state"));
      Path part = Files.createTempFile(target, ".chat", ".part");
      Files.writeString(part, JsonMapper.shared().writeValueAsString(chat));
      Files.move(
          part,
          target.resolve("chat.json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Brings a chat back.
   *
   * @throws CommandException {@code chat.unknown}
   * @throws dev.candor.engine.GenerationException if it was kept with another model, or its file is
   *     damaged
   */
  Kept load(String name, LanguageModel language, SessionOptions options) {
    Path target = folder(name);
    if (!Files.exists(target.resolve("chat.json"))) {
      throw new CommandException(
          "chat.unknown",
          "no chat is kept as " + name,
          "Kept chats are folders of " + folder + ".");
    }
    JsonObject chat;
    try (InputStream in = Files.newInputStream(target.resolve("chat.json"))) {
      chat = Json.parseObject(in, Json.Limits.CONFIG, "chat.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    chat.integer("format", FORMAT, FORMAT);
    List<ChatMessage> messages = new ArrayList<>();
    for (Object value : chat.list("messages").orElse(List.of())) {
      if (value instanceof JsonObject message) {
        messages.add(ChatMessage.of(message.string("role"), message.string("content")));
      }
    }
    return new Kept(
        chat.optionalString("system"),
        messages,
        language.restoreSession(target.resolve("session.state"), options));
  }

  private Path folder(String name) {
    if (!name.matches(NAMES)) {
      throw new CommandException(
          "chat.name",
          "'" + name + "' is not a name for a chat",
          "Use up to 64 letters, digits, dots, dashes and underscores.");
    }
    return folder.resolve(name);
  }
}
