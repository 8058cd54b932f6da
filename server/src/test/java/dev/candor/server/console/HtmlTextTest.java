package dev.candor.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTextTest {

  @Test
  void nothingIsAnElementOrAnAttribute() {
    assertThat(HtmlText.escaped("<a href=\"x\" id='y'>&amp;"))
        .isEqualTo("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
  }

  @Test
  void whatTurnsOrHidesTextIsSeen() {
    String trick = "safe\u202Eevil\u0000\u001B[31m\u2066\uD800\rend";
    String shown = "safe\uFFFDevil\uFFFD\uFFFD[31m\uFFFD\uFFFD\uFFFDend";
    assertThat(HtmlText.harmless(trick)).isEqualTo(shown);
    assertThat(HtmlText.escaped(trick)).isEqualTo(shown);
  }

  @Test
  void writingSystemsStayAsTheyAre() {
    String text = "क्‍ष, \uD83D\uDC69\u200D\uD83D\uDCBB, שלום, line\n\ttab";
    assertThat(HtmlText.harmless(text)).isEqualTo(text);
  }
}
