package dev.candor.server.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends spans by OTLP over HTTP, with the names of OpenTelemetry's conventions for generative AI.
 * What cannot be sent is dropped, and no decision waits for it.
 */
final class OtlpTraces implements DecisionTraces {

  /** W3C Trace Context, 3.2. */
  private static final Pattern PARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  private static final long SECONDS_TO_SEND_THE_REST = 5;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /**
   * @param headers {@code name=value} pairs with commas between, values percent-encoded
   */
  OtlpTraces(String endpoint, String headers, String service) {
    OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint);
    for (String pair : headers.split(",", -1)) {
      int sign = pair.indexOf('=');
      if (sign > 0) {
        exporter.addHeader(
            pair.substring(0, sign).strip(),
            URLDecoder.decode(pair.substring(sign + 1).strip(), StandardCharsets.UTF_8));
      }
    }
    Attributes named = Attributes.of(AttributeKey.stringKey("service.name"), service);
    provider =
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().merge(Resource.create(named)))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter.build()).build())
            .build();
    tracer = provider.get("dev.candor.server");
  }

  @Override
  public void ended(Ended decision) {
    SpanBuilder builder =
        tracer
            .spanBuilder(decision.operation() + " " + decision.model())
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(decision.asked())
            .setParent(parent(decision.parent().orElse("")))
            .setAttribute("gen_ai.operation.name", decision.operation())
            .setAttribute("gen_ai.provider.name", "candor")
            .setAttribute("gen_ai.request.model", decision.model())
            .setAttribute("gen_ai.usage.input_tokens", decision.read())
            .setAttribute("gen_ai.usage.output_tokens", decision.written());
    decision.decision().ifPresent(id -> builder.setAttribute("candor.decision", id));
    decision
        .firstToken()
        .ifPresent(it -> builder.setAttribute("candor.first_token_seconds", it.toNanos() / 1e9));
    if (decision.isFailed()) {
      builder.setAttribute("error.type", decision.outcome());
    } else {
      builder
          .setAttribute("gen_ai.response.model", decision.model())
          .setAttribute(
              AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"),
              List.of(decision.outcome()));
    }
    Span span = builder.startSpan();
    if (decision.isFailed()) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(decision.ended());
  }

  private static Context parent(String header) {
    Matcher matcher = PARENT.matcher(header);
    if (!matcher.matches()) {
      return Context.root();
    }
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            matcher.group(1),
            matcher.group(2),
            TraceFlags.fromHex(matcher.group(3), 0),
            TraceState.getDefault());
    return remote.isValid() ? Context.root().with(Span.wrap(remote)) : Context.root();
  }

  @Override
  public void close() {
    var unused = provider.shutdown().join(SECONDS_TO_SEND_THE_REST, TimeUnit.SECONDS);
  }
}
