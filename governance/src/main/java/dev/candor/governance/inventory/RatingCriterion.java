package dev.candor.governance.inventory;

/**
 * One question of a rating.
 *
 * @param id in kebab case
 * @param quantitative whether E-23 counts it among the quantitative ones
 * @param weight by which its points count
 * @param question the answer is none, low, medium, high or unknown
 */
public record RatingCriterion(String id, boolean quantitative, int weight, String question) {}
