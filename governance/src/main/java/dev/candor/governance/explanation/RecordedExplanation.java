package dev.candor.governance.explanation;

import dev.candor.governance.confidence.Confidence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an explanation says, as members of a JSON object of format 1, which
 * docs/reference/explanations.md describes: what is kept of it, and what programs are given.
 */
public final class RecordedExplanation {

  private static final int FORMAT = 1;

  private RecordedExplanation() {}

  /** The bytes that an entry commits to. */
  static byte[] bytes(Explanation explanation, ExplanationRequest request) {
    return JsonMapper.shared().writeValueAsBytes(members(explanation, request));
  }

  /** Members in their order; the same explanation has the same. */
  public static Map<String, Object> members(Explanation explanation, ExplanationRequest request) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("status", explanation.status().key());
    switch (explanation) {
      case ChoiceExplanation it -> choice(it, request, members);
      case AnswerGrounding it -> grounding(it, members);
    }
    return members;
  }

  private static void choice(
      ChoiceExplanation explanation, ExplanationRequest request, Map<String, Object> members) {
    explanation.withheld().ifPresent(why -> members.put("withheld", why.key()));
    explanation.field().ifPresent(field -> members.put("field", field));
    members.put("label", explanation.label());
    members.put("other", explanation.other());
    Map<String, Object> probabilities = new LinkedHashMap<>();
    for (int i = 0; i < explanation.labels().size(); i++) {
      probabilities.put(explanation.labels().get(i), explanation.probabilities().get(i));
    }
    members.put("probabilities", probabilities);
    members.put("method", request.method().key());
    members.put("seed", request.seed());
    members.put("kind", explanation.divided().kind().key());
    members.put(
        "spans",
        explanation.divided().spans().stream()
            .map(span -> List.of(span.from(), span.to()))
            .toList());
    explanation.reasons().ifPresent(reasons -> members.put("reasons", reasons(reasons)));
    explanation.fidelity().ifPresent(fidelity -> members.put("fidelity", fidelity(fidelity)));
    explanation
        .counterfactual()
        .ifPresent(it -> members.put("counterfactual", counterfactual(explanation, it)));
    explanation.confidence().ifPresent(it -> members.put("confidence", confidence(it)));
    members.put("cost", cost(explanation.cost()));
  }

  /** What a choice is worth, as a member says it. */
  public static Map<String, Object> confidence(Confidence confidence) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("probability", confidence.probability());
    members.put("alpha", confidence.alpha());
    members.put("set", confidence.set());
    confidence.group().ifPresent(group -> members.put("group", group));
    members.put("refer", confidence.refer());
    return members;
  }

  private static Map<String, Object> reasons(ChoiceExplanation.Reasons reasons) {
    Attribution attribution = reasons.attribution();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("whole", attribution.whole());
    members.put("nothing", attribution.nothing());
    members.put("values", attribution.values());
    if (!attribution.intervals().isEmpty()) {
      members.put(
          "intervals",
          attribution.intervals().stream().map(it -> List.of(it.low(), it.high())).toList());
    }
    members.put("agreement", reasons.agreement());
    members.put("sameFirst", reasons.sameFirst());
    List<Object> redundancies = new ArrayList<>();
    for (Occlusion.Redundancy pair : reasons.redundancies()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("spans", List.of(pair.first(), pair.second()));
      each.put("together", pair.together());
      each.put("alone", pair.alone());
      redundancies.add(each);
    }
    members.put("redundancies", redundancies);
    return members;
  }

  private static Map<String, Object> fidelity(Fidelity fidelity) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("comprehensiveness", fidelity.comprehensiveness());
    members.put("sufficiency", fidelity.sufficiency());
    List<Object> bins = new ArrayList<>();
    for (Fidelity.Bin bin : fidelity.bins()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("share", bin.share());
      each.put("spans", bin.spans());
      each.put("comprehensiveness", bin.comprehensiveness());
      each.put("sufficiency", bin.sufficiency());
      bins.add(each);
    }
    members.put("bins", bins);
    members.put("orderings", fidelity.orderings());
    members.put("asGood", fidelity.asGood());
    return members;
  }

  private static Map<String, Object> counterfactual(
      ChoiceExplanation explanation, Counterfactual found) {
    Map<String, Object> members = new LinkedHashMap<>();
    List<Object> changes = new ArrayList<>();
    for (Counterfactual.Change change : found.changes()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("span", change.span());
      change.instead().ifPresent(instead -> each.put("instead", instead));
      changes.add(each);
    }
    members.put("changes", changes);
    members.put("text", found.text());
    members.put("label", explanation.labels().get(found.label()));
    members.put("probability", found.probability());
    return members;
  }

  private static Map<String, Object> cost(Cost cost) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("evaluations", cost.evaluations());
    members.put("tokensRead", cost.tokensRead());
    members.put("separateTokens", cost.separateTokens());
    return members;
  }

  private static void grounding(AnswerGrounding grounding, Map<String, Object> members) {
    members.put("answer", grounding.answer());
    List<Object> pieces = new ArrayList<>();
    for (GroundedPiece piece : grounding.pieces()) {
      Map<String, Object> each = new LinkedHashMap<>();
      if (!piece.name().isEmpty()) {
        each.put("field", piece.name());
      }
      each.put("value", piece.value());
      Optional<Span> source = piece.source();
      source.ifPresent(span -> each.put("source", List.of(span.from(), span.to())));
      pieces.add(each);
    }
    members.put("pieces", pieces);
    members.put("declared", grounding.declared());
    Uncertainty uncertainty = grounding.uncertainty();
    Map<String, Object> sure = new LinkedHashMap<>();
    sure.put("tokens", uncertainty.tokens());
    sure.put("meanLogProbability", uncertainty.meanLogProbability());
    sure.put("meanEntropy", uncertainty.meanEntropy());
    List<Object> least = new ArrayList<>();
    for (Uncertainty.Token token : uncertainty.leastSure()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("text", token.text());
      each.put("probability", token.probability());
      each.put("entropy", token.entropy());
      least.add(each);
    }
    sure.put("leastSure", least);
    members.put("uncertainty", sure);
  }
}
