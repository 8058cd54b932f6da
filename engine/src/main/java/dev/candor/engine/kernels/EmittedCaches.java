package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Processor;

/**
 * Caches of keys and values by emitted code, in native memory; see {@link Kernels} for what each
 * operation gives. Operands have been checked.
 */
final class EmittedCaches {

  /**
   * A head's keys, or values, that are longer come from memory: a quarter of a usual second-level
   * cache.
   */
  private static final long CACHED = 256 << 10;

  private final CodeCache scores;
  private final CodeCache streamedScores;
  private final CodeCache values;
  private final CodeCache streamedValues;
  private final CodeCache stores;

  EmittedCaches(Processor processor) {
    scores =
        new CodeCache((format, queries, columns) ->
            AttentionCode.scores(processor, BlockFormat.values()[format], queries, columns, false));
    streamedScores =
        new CodeCache((format, queries, columns) ->
            AttentionCode.scores(processor, BlockFormat.values()[format], queries, columns, true));
    values =
        new CodeCache((format, queries, columns) ->
            AttentionCode.values(processor, BlockFormat.values()[format], queries, columns, false));
    streamedValues =
        new CodeCache((format, queries, columns) ->
            AttentionCode.values(processor, BlockFormat.values()[format], queries, columns, true));
    stores =
        new CodeCache((format, layout, _) ->
            StoreCode.code(processor, BlockFormat.values()[format], Layout.values()[layout]));
  }

  /** {@link Kernels#attentionScores} of plain floats; count from 1. */
  void scores(
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      Matrix keys,
      int firstRow,
      int count,
      float scale,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    int before = firstRow % StripFormat.ROWS;
    long strips = (before + count + StripFormat.ROWS - 1) / StripFormat.ROWS;
    long from = Operands.address(keys.data()) + firstRow / StripFormat.ROWS * keys.stripBytes();
    CodeCache code = strips * keys.stripBytes() > CACHED ? streamedScores : this.scores;
    for (int i = 0; i < queries; i += RowTileCode.TILE) {
      int some = Math.min(RowTileCode.TILE, queries - i);
      MatrixCall.call(
          code.code(keys.format().ordinal(), some, keys.columns()),
          from,
          q,
          4L * (qOffset + i * qStride),
          scores,
          4L * (scoresOffset - before + i * scoresStride),
          strips,
          4L * qStride,
          4L * scoresStride,
          scale);
    }
  }

  /** {@link Kernels#addWeightedRows}; count from 1. */
  void addWeighted(
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      Matrix values,
      int firstRow,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    CodeCache code = count * values.rowBytes() > CACHED ? streamedValues : this.values;
    for (int i = 0; i < queries; i += RowTileCode.TILE) {
      int some = Math.min(RowTileCode.TILE, queries - i);
      MatrixCall.call(
          code.code(values.format().ordinal(), some, values.columns()),
          Operands.address(values.data()) + firstRow * values.rowBytes(),
          p,
          4L * (pOffset + i * pStride),
          out,
          4L * (outOffset + i * outStride),
          count,
          4L * pStride,
          4L * outStride,
          0);
    }
  }

  /** {@link Kernels#storeRow}. */
  void store(float[] x, int xOffset, Matrix rows, int row) {
    long first = CacheBlocks.blockAt(rows, row, 0);
    int blocks = rows.columns() / rows.format().blockElements();
    MatrixCall.call(
        stores.code(rows.format().ordinal(), rows.layout().ordinal(), 0),
        Operands.address(rows.data()) + first,
        x,
        4L * xOffset,
        x,
        0,
        blocks,
        CacheBlocks.blockAt(rows, row, 1) - first,
        CacheBlocks.quantsAt(rows, row),
        0);
  }
}
