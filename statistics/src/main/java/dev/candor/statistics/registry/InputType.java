package dev.candor.statistics.registry;

/** What an input is, and how JSON has it. */
public enum InputType {
  NUMBER("number"),
  WHOLE("whole number"),
  FLAG("true or false"),
  TEXT("text"),
  NUMBERS("list of numbers"),
  CLASSES("list of whole numbers, from 0"),
  FLAGS("list of true or false, or of 1 and 0"),
  TEXTS("list of texts or whole numbers"),
  GROUPS("list of texts or whole numbers, a list for each attribute if there are several"),
  SAMPLE("list of numbers, or of texts"),
  TABLE("list of lists of numbers, all of one length"),
  OUTCOMES("object of the groups, each with tp, fp, tn and fn");

  private final String json;

  InputType(String json) {
    this.json = json;
  }

  /** As people are told. */
  public String json() {
    return json;
  }
}
