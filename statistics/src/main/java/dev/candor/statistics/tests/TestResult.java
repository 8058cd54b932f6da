package dev.candor.statistics.tests;

/**
 * What a test says.
 *
 * @param statistic the test's own, as the method that made it says
 * @param p how probable so much or more is if nothing is there, 0 to 1
 */
public record TestResult(double statistic, double p) {}
