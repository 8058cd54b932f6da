package dev.candor.engine.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.TemplateException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Abuse case A17: what a template from anywhere may try. */
class TemplateAbuseTest {

  private static final int THREAD_STACK_BYTES = 512 << 10;

  private static final ChatRequest CHAT =
      ChatRequest.of(List.of(ChatMessage.of("user", "hello"))).at(TemplateGoldens.NOW);

  /** So that the first hostile template is not charged with loading classes. */
  @BeforeAll
  static void warmUp() {
    String source = "{% for m in messages %}{{ m.content|upper|trim ~ (1 + 2) }}{% endfor %}";
    for (int i = 0; i < 200; i++) {
      ChatTemplate.parse(source).render(CHAT);
    }
  }

  static List<String> hostile() {
    List<String> templates = new ArrayList<>();
    // Out of the sandbox.
    for (String walk :
        List.of(
            "''.__class__",
            "''['__class__']",
            "''.__class__.__mro__[1].__subclasses__()",
            "messages.__init__.__globals__",
            "range.__globals__",
            "(messages|first)['__class__']",
            "messages|map(attribute='__class__')|list",
            "messages|map(attribute='content.__class__')|join",
            "messages|selectattr('__class__')|list",
            "(messages + messages)|sort(attribute='__class__')",
            "namespace().__class__",
            "raise_exception.__globals__['os'].system('id')",
            "cycler.__init__.__globals__.os",
            "lipsum.__globals__",
            "self._TemplateReference__context",
            "''|attr('__class__')",
            "'{0.__class__}'.format('')",
            "'%s'|format(1)",
            "'%0999999999d' % 1",
            "messages.append(1)",
            "messages[0].update({'a': 1})",
            "messages[0].pop('role')",
            "getattr('', 'x')",
            "eval('1')",
            "open('/etc/passwd').read()",
            "''.getClass()",
            "''.class.forName('java.lang.Runtime')")) {
      templates.add("{{ " + walk + " }}");
    }
    for (String tag :
        List.of(
            "include 'x'",
            "import 'x' as y",
            "from 'x' import y",
            "extends 'x'",
            "block a",
            "call f()",
            "filter upper",
            "autoescape true",
            "trans",
            "debug",
            "do 1",
            "with a = 1",
            "print 1",
            "for x in [] recursive")) {
      templates.add("{% " + tag + " %}{% endfor %}");
    }
    // Out of time.
    String nested = "{% for a in range(100000) %}{% for b in range(100000) %}";
    templates.add(nested + "{% endfor %}{% endfor %}");
    templates.add(nested + "x{% endfor %}{% endfor %}");
    templates.add("{% for a in range(1000000000) %}{% endfor %}");
    templates.add("{{ range(0, 9223372036854775807, 1)|length }}");
    templates.add("{{ range(-9223372036854775807, 9223372036854775807)|sum }}");
    templates.add("{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}");
    templates.add(
        "{% macro f(n) %}{% for i in range(100000) %}{{ f(n) }}{% endfor %}{% endmacro %}{{ f(1) }}");
    templates.add("{% macro f(a=f()) %}{% endmacro %}{% set f = f %}{{ f() }}");
    templates.add(
        "{% set l = range(100000)|list %}{% for x in l %}{{ x in l }}{{ l|sort|length }}{% endfor %}");
    templates.add(
        "{% set l = range(100000)|list %}{% for x in l %}{% if l == l[:] %}{% endif %}{% endfor %}");
    templates.add(
        "{% set s = 'a' * 4000000 %}{% for x in range(100000) %}{% if 'b' in s %}{% endif %}{{ s.find('b') }}{% endfor %}");
    templates.add(
        "{% set s = 'a' * 4000000 %}{% for x in range(100000) %}{{ s.split('a')|length }}{% endfor %}");
    templates.add(
        "{% set s = ' ' * 4000000 %}{% for x in range(100000) %}{{ s.strip() }}{{ s|trim }}{% endfor %}");
    templates.add("{{ 2 ** 9223372036854775807 }}");
    templates.add("{{ (2 ** 62) * 4 }}");
    // Out of memory.
    templates.add("{{ 'x' * 100000000 }}");
    templates.add("{{ 'x' * 9223372036854775807 }}");
    templates.add("{{ 'xx' * 4611686018427387904 }}");
    templates.add("{{ [1] * 1000000000 }}");
    templates.add("{{ 'x'.zfill(2000000000) }}");
    templates.add(
        "{{ ('x' * 4000000)|indent(1000000) }}{{ ('\\n' * 100000)|indent(1000, true, true) }}");
    templates.add("{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}");
    templates.add(
        "{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}");
    templates.add(
        "{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}");
    templates.add(
        "{% set ns = namespace(l=['x']) %}{% for i in range(64) %}{% set ns.l = ns.l + ns.l %}{% endfor %}");
    templates.add(
        "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = ns.l + ['x' * 4000000] %}{% endfor %}");
    templates.add(
        "{% set ns = namespace(s='ab') %}{% for i in range(64) %}{% set ns.s = ns.s.replace('a', ns.s) %}{% endfor %}");
    templates.add(
        "{% set ns = namespace(s='a,b') %}{% for i in range(64) %}{% set ns.s = ns.s.join(ns.s.split(',')) ~ ns.s %}{% endfor %}");
    templates.add(
        "{% set x %}{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}{% endset %}");
    templates.add("{% for i in range(100000) %}{{ range(100000)|list }}{% endfor %}");
    templates.add("{{ ('x' * 4000000)|list }}");
    templates.add("{{ ('\"' * 4000000)|tojson|tojson|tojson|tojson }}");
    templates.add(
        "{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}");
    templates.add(
        "{% set ns = namespace(l=[1]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l[:] }}{{ ns.l|string }}");
    // Out of stack.
    templates.add("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}");
    templates.add("{{ " + "[".repeat(100_000) + " }}");
    templates.add("{{ " + "{'a':".repeat(100_000) + " }}");
    templates.add("{{ " + "not ".repeat(100_000) + "1 }}");
    templates.add("{{ " + "-".repeat(100_000) + "1 }}");
    templates.add("{{ 1" + " + 1".repeat(100_000) + " }}");
    templates.add("{{ 1" + " or 1".repeat(100_000) + " }}");
    templates.add("{{ 0" + " or 0".repeat(100_000) + " }}");
    templates.add("{{ x" + ".a".repeat(100_000) + " }}");
    templates.add("{{ ''" + "|upper".repeat(100_000) + " }}");
    templates.add("{{ 1" + " if 1 else 1".repeat(100_000) + " }}");
    templates.add("{{ messages" + "[messages".repeat(50_000) + " }}");
    templates.add("{{ f" + "(f".repeat(100_000) + " }}");
    templates.add("{% if 1 %}".repeat(50_000));
    templates.add("{% for x in messages %}".repeat(20_000));
    templates.add("{% set x %}".repeat(50_000));
    templates.add("{% macro f() %}".repeat(50_000));
    // Nothing but noise.
    templates.add("{{");
    templates.add("{%");
    templates.add("{{ '".repeat(100_000));
    templates.add("{% raw %}" + "{% endraw".repeat(100_000));
    templates.add("x".repeat(2_000_000));
    return templates;
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isRefusedQuicklyOnASmallStack(String source) throws Exception {
    List<Object> outcome = new ArrayList<>();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Thread thread =
        new Thread(
            null,
            () -> {
              long before = threads.getCurrentThreadCpuTime();
              try {
                String text = ChatTemplate.parse(source).render(CHAT).text();
                outcome.add("rendered " + text.length() + " characters");
              } catch (TemplateException e) {
                outcome.add(e);
              } catch (Throwable e) {
                outcome.add("died of " + e);
              }
              outcome.add((threads.getCurrentThreadCpuTime() - before) / 1_000_000);
            },
            "hostile template",
            THREAD_STACK_BYTES);
    thread.start();
    thread.join();
    assertThat(outcome.get(0)).isInstanceOf(TemplateException.class);
    assertThat(((TemplateException) outcome.get(0)).getMessage()).hasSizeLessThan(1000);
    assertThat((long) outcome.get(1)).as("CPU milliseconds").isLessThan(1000);
  }

  /** What a template holds at once, by its limits, whatever the collector leaves lying about. */
  @Test
  void whatIsHeldAtOnceFitsIn64Megabytes() throws Exception {
    for (String source :
        List.of(
            "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, 'x' * 1000] %}{% endfor %}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, {'a': i, 'b': [i]}] %}{% endfor %}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, range(1000)|list] %}{% endfor %}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, ('\u65e5' * 3000000)|list] %}{% endfor %}",
            "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l, ('\u65e5' * 3000000)[1:]] %}{% endfor %}")) {
      ChatTemplate template = ChatTemplate.parse(source);
      Process process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-Xmx80m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  TemplateAbuseTest.class.getName(),
                  template.source())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(output).as(source).startsWith("template.");
      assertThat(process.waitFor()).isZero();
    }
  }

  /** Renders a template in a process of its own, and prints the code of the refusal. */
  public static void main(String[] arguments) {
    try {
      ChatTemplate.parse(arguments[0]).render(CHAT);
      System.out.println("rendered");
    } catch (TemplateException e) {
      System.out.println(e.code());
    }
  }

  @Test
  void deepMessagesAreRefused() {
    Object value = "x";
    for (int i = 0; i < 100_000; i++) {
      value = List.of(value);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", "user");
    fields.put("content", value);
    ChatRequest deep = ChatRequest.of(List.of(new ChatMessage(fields)));
    ChatTemplate template = ChatTemplate.parse("{{ messages|tojson }}");
    assertThatThrownBy(() -> template.render(deep))
        .isInstanceOf(TemplateException.class)
        .extracting("code")
        .isEqualTo("template.too-deep");
  }

  @Test
  void errorsNameTheConstructAndTheLine() {
    Map<String, String> messages = new LinkedHashMap<>();
    messages.put("a\n\n{% include 'x' %}", "line 3: the tag include is not supported");
    messages.put("{# c\n #}\n{{ 'a\nb' }}{{ x|nope }}", "line 4: the filter nope is not supported");
    messages.put("{%- if x -%}\n\n\n{{ 1 +* }}", "line 4: expected an expression, found '*'");
    messages.put("\n{% if x %}\n", "line 2: expected one of the tags");
    messages.put("{{ messages[0].content\n.nope() }}", "line 2: cannot call undefined (nope)");
    messages.put("\n\n{{ 'a' + 1 }}", "line 3: cannot compute a string + an integer");
    messages.forEach((source, expected) -> {
      String message = "";
      try {
        ChatTemplate.parse(source).render(CHAT);
      } catch (TemplateException e) {
        message = e.getMessage();
      }
      assertThat(message).as(source).contains(expected);
    });
  }
}
