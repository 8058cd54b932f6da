package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerPrinterTest {

  @Test
  void whatATerminalObeysIsNotShown() {
    assertThat(AnswerPrinter.harmless("a\u001b[2Jb\rc\u0007\u009b31m"))
        .isEqualTo("a\ufffd[2Jb\ufffdc\ufffd\ufffd31m");
  }

  @Test
  void textIsShownAsItIs() {
    String text = "Zeile 1\n\tünï → 🚀 漢字";
    assertThat(AnswerPrinter.harmless(text)).isEqualTo(text);
  }
}
