package dev.candor.server.prefixes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often what models remember was of use. Safe for use by many threads. */
public final class PrefixCounts {

  final LongAdder memoryHits = new LongAdder();
  final LongAdder diskHits = new LongAdder();
  final LongAdder sharedHits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder reusedTokens = new LongAdder();
  final LongAdder written = new LongAdder();
  final LongAdder unwritten = new LongAdder();
  final LongAdder refused = new LongAdder();

  /** All of them, by the names that metrics have. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("candor_prefix_memory_hits_total", memoryHits.doubleValue());
    figures.put("candor_prefix_disk_hits_total", diskHits.doubleValue());
    figures.put("candor_prefix_shared_hits_total", sharedHits.doubleValue());
    figures.put("candor_prefix_misses_total", misses.doubleValue());
    figures.put("candor_prefix_reused_tokens_total", reusedTokens.doubleValue());
    figures.put("candor_prefix_disk_written_total", written.doubleValue());
    figures.put("candor_prefix_disk_unwritten_total", unwritten.doubleValue());
    figures.put("candor_prefix_disk_refused_total", refused.doubleValue());
    return figures;
  }
}
