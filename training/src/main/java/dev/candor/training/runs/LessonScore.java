package dev.candor.training.runs;

import dev.candor.training.lessons.Split;

/**
 * How well a model does one lesson.
 *
 * @param exercises how many were asked
 * @param targets tokens of all answers
 * @param loss mean −ln p of a token of the answers
 * @param leastTokenAccuracy share of these tokens with more than half of the probability. Greedy
 *     decoding picks each of them, so the accuracy is at least this
 * @param leastExactMatch share of exercises all of whose tokens have: greedy decoding gives these
 *     answers to the letter
 */
public record LessonScore(
    String lesson,
    Split split,
    int exercises,
    int targets,
    double loss,
    double leastTokenAccuracy,
    double leastExactMatch) {}
