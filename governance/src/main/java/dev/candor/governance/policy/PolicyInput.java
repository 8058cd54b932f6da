package dev.candor.governance.policy;

import dev.candor.governance.GovernanceException;
import java.util.List;

/**
 * All that a policy sees of a request. Texts have at most {@value #MOST_TEXT} characters, lists at
 * most {@value #MOST_ELEMENTS} elements; what is not known is an empty text or list.
 *
 * @param request what is asked, and who asks
 * @param consent what the data subject has agreed to
 * @param model what is to answer
 * @param adapterDigest SHA-256 of the adapter beside the model; empty if there is none
 */
public record PolicyInput(
    Request request, ConsentFacts consent, ModelFacts model, String adapterDigest) {

  private static final int MOST_TEXT = 4096;
  private static final int MOST_ELEMENTS = 256;

  /**
   * What is asked.
   *
   * @param purpose id of the purpose
   * @param principal name of who asks
   * @param roles keys of the roles of who asks
   * @param kind {@code generate}, {@code choose}, {@code head} or {@code embed}
   * @param labels what may be chosen; empty for free text
   * @param subject whether a data subject is named
   * @param promptTokens tokens of the prompt
   * @param maximumTokens most tokens of the answer
   */
  public record Request(
      String purpose,
      String principal,
      List<String> roles,
      String kind,
      List<String> labels,
      boolean subject,
      long promptTokens,
      long maximumTokens) {

    public Request {
      text("request.purpose", purpose);
      text("request.principal", principal);
      text("request.kind", kind);
      roles = list("request.roles", roles);
      labels = list("request.labels", labels);
    }
  }

  /**
   * What is agreed to.
   *
   * @param given whether the data subject's consent for this purpose is alive
   * @param purposes all that the data subject's consents allow
   */
  public record ConsentFacts(boolean given, List<String> purposes) {

    /** Of a request that names no data subject, or one that has agreed to nothing. */
    public static final ConsentFacts NONE = new ConsentFacts(false, List.of());

    public ConsentFacts {
      purposes = list("consent.purposes", purposes);
    }
  }

  /**
   * What is to answer.
   *
   * @param name of the model
   * @param digest SHA-256 of its file
   * @param architecture such as {@code llama}
   * @param weightBytes of its weights in memory
   */
  public record ModelFacts(String name, String digest, String architecture, long weightBytes) {

    public ModelFacts {
      text("model.name", name);
      text("model.digest", digest);
      text("model.architecture", architecture);
    }
  }

  public PolicyInput {
    text("adapter.digest", adapterDigest);
  }

  private static void text(String name, String text) {
    if (text.length() > MOST_TEXT) {
      throw tooLarge(name, text.length() + " characters, allowed are " + MOST_TEXT);
    }
  }

  private static List<String> list(String name, List<String> texts) {
    if (texts.size() > MOST_ELEMENTS) {
      throw tooLarge(name, texts.size() + " elements, allowed are " + MOST_ELEMENTS);
    }
    texts.forEach(text -> text("an element of " + name, text));
    return List.copyOf(texts);
  }

  private static GovernanceException tooLarge(String name, String what) {
    return new GovernanceException(
        "policy-input", name + " has " + what, "A policy decides about what is short; shorten it.");
  }
}
