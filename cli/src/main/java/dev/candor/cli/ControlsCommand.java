package dev.candor.cli;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.DatedStatus;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The controls of all frameworks, and how it stands with the evidence for each. */
@CommandLine.Command(
    name = "controls",
    description = {
      "Lists the controls of OSFI E-23, the EU AI Act, NIST AI RMF, ISO/IEC 42001, EDGE, AGILE and the"
          + " firm's own policy, each with what the ledger has of evidence for it. Evidence for a"
          + " control is no claim that a rule is met.",
      "Files in CANDOR_HOME/controls change the catalogue and add to it."
    },
    footer = {
      "",
      "Examples:",
      "  candor controls",
      "  candor controls --framework osfi-e23 --json",
      "  candor controls show E23-7",
      "  candor controls diff built-in in-use"
    })
final class ControlsCommand extends Command {

  @Option(
      names = "--framework",
      paramLabel = "ID",
      description = "Only this one, such as osfi-e23 or firm-policy.")
  @Nullable String framework;

  @Mixin ActorArguments actor = new ActorArguments();

  ControlsCommand(Streams streams) {
    super(streams);
  }

  /** With show and diff. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new ControlsCommand(streams))
        .addSubcommand("show", new ControlsShowCommand(streams))
        .addSubcommand("diff", new ControlsDiffCommand(streams));
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    ControlCatalogue catalogue = ControlCatalogue.ofHome(GovernedHome.settings().home());
    List<Framework> frameworks =
        framework == null ? catalogue.frameworks() : List.of(catalogue.framework(framework));
    LedgerFigures figures = LedgerFigures.ofHome();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("entries", figures.size());
      members.put("frameworks", frameworks.stream().map(it -> members(it, figures)).toList());
      printJson(members);
    } else {
      frameworks.forEach(it -> print(it, figures));
    }
    return OK;
  }

  private static Map<String, Object> members(Framework framework, LedgerFigures figures) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", framework.id());
    members.putAll(framework.fields());
    members.put("verified", framework.verified());
    members.put("firmPolicy", framework.firmPolicy());
    members.put(
        "controls",
        framework.controls().stream()
            .map(control -> members(ControlEvidence.of(control, figures.figures())))
            .toList());
    return members;
  }

  /** A control as programs read it. */
  static Map<String, Object> members(ControlEvidence evidence) {
    Control control = evidence.control();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", control.id());
    members.putAll(control.fields());
    members.put("verified", control.verified());
    members.put("firmPolicy", control.firmPolicy());
    members.put("state", evidence.state().key());
    List<Map<String, Object>> figures = new ArrayList<>();
    for (Figure figure : evidence.figures()) {
      figures.add(LedgerFigures.members(figure));
    }
    members.put("evidence", figures);
    return members;
  }

  private void print(Framework framework, LedgerFigures figures) {
    streams.out().println(framework.title());
    streams
        .out()
        .println(
            "  "
                + framework.source()
                + framework.dates().stream()
                    .map(DatedStatus::toString)
                    .collect(Collectors.joining(", ", framework.dates().isEmpty() ? "" : "; ", ""))
                + (framework.firmPolicy() ? "; firm policy" : "")
                + (framework.verified() ? "" : "; to be checked in the source"));
    int width = framework.controls().stream().mapToInt(it -> it.id().length()).max().orElse(1);
    for (Control control : framework.controls()) {
      ControlEvidence evidence = ControlEvidence.of(control, figures.figures());
      streams
          .out()
          .println(
              "  "
                  + control.id()
                  + " ".repeat(width - control.id().length() + 2)
                  + state(evidence)
                  + (control.firmPolicy() && !framework.firmPolicy() ? " [firm policy]" : ""));
      streams.out().println("  " + " ".repeat(width + 2) + control.title());
    }
    streams.out().println();
  }

  /** In a line: the figures, or that there are none. */
  static String state(ControlEvidence evidence) {
    if (evidence.state() != ControlEvidence.State.EVIDENCE) {
      return evidence.state().words();
    }
    return evidence.figures().stream()
        .map(figure -> LedgerFigures.words(figure) + " (" + figure.entries().words() + ")")
        .collect(Collectors.joining(", "));
  }
}
