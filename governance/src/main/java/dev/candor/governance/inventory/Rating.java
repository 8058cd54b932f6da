package dev.candor.governance.inventory;

import java.util.List;
import java.util.Map;

/**
 * What a method says of answers.
 *
 * @param rating inherent: before anything is done about the risk
 * @param points of the answers, weighted
 * @param most that there can be
 * @param answers by the ids of the criteria, in their order; {@code unknown} where there was none
 * @param floors the criteria that have raised it above what the points say, with their answers
 */
public record Rating(
    RiskRating rating, int points, int most, Map<String, String> answers, List<String> floors) {

  public Rating {
    floors = List.copyOf(floors);
  }
}
