package dev.candor.engine.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.TemplateException;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.templates.ChatTemplate;
import dev.candor.engine.templates.TemplateLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class TemplateFuzzTest {

  private static final TemplateLimits LIMITS = new TemplateLimits(20_000, 100, 1 << 16, 1 << 19);
  private static final ChatRequest CHAT =
      ChatRequest.of(List.of(ChatMessage.of("system", "Be brief."), ChatMessage.of("user", "Hi")));

  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] source) {
    try {
      ChatTemplate.parse(new String(source, StandardCharsets.UTF_8), LIMITS).render(CHAT);
    } catch (TemplateException refused) {
      Refusals.requireTyped(refused);
    }
  }
}
