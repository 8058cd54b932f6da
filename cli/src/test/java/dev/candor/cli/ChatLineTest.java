package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChatLineTest {

  @Test
  void everyCommandOfTheHelpIsUnderstood() {
    for (ChatLine.Described command : ChatLine.COMMANDS) {
      assertThat(ChatLine.parse(command.synopsis())).isNotInstanceOf(ChatLine.Question.class);
    }
  }

  @Test
  void argumentsAreTaken() {
    assertThat(ChatLine.parse("/save  home work ")).isEqualTo(new ChatLine.Save("home work"));
    assertThat(ChatLine.parse("/system")).isEqualTo(new ChatLine.SetSystem(""));
    assertThatThrownBy(() -> ChatLine.parse("/load"))
        .isInstanceOf(CommandException.class)
        .hasMessage("/load needs a name");
  }

  @Test
  void questionMayBeginWithASlashAfterABlank() {
    assertThat(ChatLine.parse(" /etc is what?")).isEqualTo(new ChatLine.Question("/etc is what?"));
    assertThat(ChatLine.parse("   ")).isEqualTo(new ChatLine.Nothing());
    assertThatThrownBy(() -> ChatLine.parse("/etc is what?"))
        .isInstanceOf(CommandException.class)
        .hasMessage("there is no command /etc");
  }
}
