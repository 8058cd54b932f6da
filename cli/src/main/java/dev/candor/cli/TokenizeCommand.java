package dev.candor.cli;

import dev.candor.cli.check.GoldenFiles;
import dev.candor.cli.check.TokenizerCheck;
import dev.candor.engine.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Text to tokens and back. */
@CommandLine.Command(
    name = "tokenize",
    description =
        "Shows the tokens of a text, the text of tokens, or whether a tokenizer is right.",
    footer = {
      "",
      "Examples:",
      "  candor tokenize \"Hello, world!\"",
      "  candor tokenize --tokenizer folder/tokenizer.json --json - < text.txt",
      "  candor tokenize --model model.gguf --decode 19556,28,905,17",
      "  candor tokenize --tokenizer folder --cases tokenizer_golden.json",
      "",
      "With --json: {\"ids\":[…],\"tokens\":[…],\"decoded\":\"…\"}."
    })
final class TokenizeCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description = "The text; '-', or none, for standard input, taken to the byte.")
  @Nullable String text;

  @Option(
      names = {"--tokenizer", "-m", "--model"},
      paramLabel = "NAME|PATH",
      description =
          "A model's name, a folder with tokenizer.json, a tokenizer.json, or a GGUF file"
              + " (default: the default model).")
  @Nullable String tokenizer;

  @Option(
      names = "--decode",
      split = ",",
      paramLabel = "ID",
      description = "Token ids, separated by commas: shows their text.")
  @Nullable List<Integer> decode;

  @Option(
      names = "--add-special",
      description = "Add what the tokenizer adds to a text by itself, such as a first token.")
  boolean addSpecial;

  @Option(
      names = "--no-parse-special",
      description = "Take special tokens written out in the text as plain text.")
  boolean plainSpecial;

  @Option(names = "--skip-special", description = "Leave special tokens out of decoded text.")
  boolean skipSpecial;

  @Option(
      names = "--cases",
      paramLabel = "FILE.json",
      description = "Compare with every case of a golden file; exit code 1 if any differs.")
  @Nullable Path cases;

  TokenizeCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if ((decode != null && text != null) || (cases != null && (text != null || decode != null))) {
      throw usage("give one of TEXT, --decode and --cases");
    }
    Tokenizer opened = TokenizerSource.open(streams, tokenizer);
    if (cases != null) {
      return check(opened, cases);
    }
    if (decode != null) {
      show(opened, decode.stream().mapToInt(Integer::intValue).toArray());
    } else {
      if (text == null && streams.inIsTerminal()) {
        throw usage("give a TEXT, or pipe one in");
      }
      String input = text == null || text.equals("-") ? streams.readAll() : text;
      show(opened, opened.encode(input, addSpecial, !plainSpecial));
    }
    return OK;
  }

  private void show(Tokenizer opened, int[] ids) {
    List<String> tokens = new ArrayList<>();
    for (int id : ids) {
      tokens.add(opened.token(id));
    }
    String decoded = opened.decode(ids, skipSpecial);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("ids", ids);
      members.put("tokens", tokens);
      members.put("decoded", decoded);
      printJson(members);
    } else if (decode != null) {
      streams.out().println(decoded);
    } else {
      for (int i = 0; i < ids.length; i++) {
        streams.out().printf("%8d  %s%n", ids[i], tokens.get(i));
      }
      streams.err().println(ids.length + (ids.length == 1 ? " token" : " tokens"));
    }
  }

  private int check(Tokenizer opened, Path file) {
    TokenizerCheck check = new TokenizerCheck(opened);
    check.run(GoldenFiles.read(file));
    if (check.cases() == 0) {
      throw new CommandException(
          "tokenize.no-cases",
          file.getFileName() + " holds no cases to compare with",
          "Give a list of cases, or an object with a list called cases.");
    }
    boolean holds = check.differing() == 0;
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("cases", check.cases());
      members.put("differing", check.differing());
      members.put("holds", holds);
      members.put("differences", check.differences());
      printJson(members);
    } else {
      check.differences().forEach(streams.out()::println);
      streams
          .out()
          .println(
              check.cases() - check.differing() + " of " + check.cases() + " cases are the same");
    }
    return holds ? OK : FAILED;
  }
}
