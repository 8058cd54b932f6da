package dev.candor.ledger.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.ledger.LedgerException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilePathTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 256, tile/0/000",
    "0, 0, 1, tile/0/000.p/1",
    "0, 999, 256, tile/0/999",
    "1, 1000, 255, tile/1/x001/000.p/255",
    "2, 1234067, 256, tile/2/x001/x234/067",
    "63, 9223372036854775807, 256, tile/63/x009/x223/x372/x036/x854/x775/807"
  })
  void namesAreThoseOfTheSpecification(int level, long index, int width, String path) {
    TilePath tile = new TilePath(level, index, width);
    assertThat(tile.path()).isEqualTo(path);
    assertThat(TilePath.entries(index, width))
        .isEqualTo(path.replaceFirst("tile/\\d+/", "tile/entries/"));
  }

  /** The worked example of C2SP tlog-tiles. */
  @Test
  void seventyThousandLeaves() {
    List<TilePath> tiles = TilePath.of(70_000);
    assertThat(tiles).hasSize(273 + 1 + 1 + 1 + 1);
    assertThat(tiles.stream().filter(tile -> tile.level() == 0 && tile.width() == 256))
        .hasSize(273);
    assertThat(tiles.subList(273, 277))
        .containsExactly(
            new TilePath(0, 273, 112),
            new TilePath(1, 0, 256),
            new TilePath(1, 1, 17),
            new TilePath(2, 0, 1));
  }

  @Test
  void fewLeaves() {
    assertThat(TilePath.of(0)).isEmpty();
    assertThat(TilePath.of(1)).containsExactly(new TilePath(0, 0, 1));
    assertThat(TilePath.of(256)).containsExactly(new TilePath(0, 0, 256), new TilePath(1, 0, 1));
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 1", "64, 0, 1", "0, -1, 1", "0, 0, 0", "0, 0, 257"})
  void whatIsNoTileIsRefused(int level, long index, int width) {
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new TilePath(level, index, width))
        .matches(e -> e.code().equals("ledger.tree-range"));
  }
}
