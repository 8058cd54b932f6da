package dev.candor.statistics.tests;

/**
 * c₀ + c₁ x + c₂ x².
 *
 * @param c0 at 0
 * @param c1 of x
 * @param c2 of x²
 */
record Parabola(double c0, double c1, double c2) {

  double at(double x) {
    return c0 + x * (c1 + x * c2);
  }

  /** The one with the least squared distances from points, by their normal equations. */
  static Parabola through(double[] x, double[] y) {
    double[] powers = new double[5];
    double[] moments = new double[3];
    for (int i = 0; i < x.length; i++) {
      double power = 1;
      for (int k = 0; k < powers.length; k++) {
        powers[k] += power;
        if (k < moments.length) {
          moments[k] += power * y[i];
        }
        power *= x[i];
      }
    }
    double all = determinant(powers, moments, -1);
    return new Parabola(
        determinant(powers, moments, 0) / all,
        determinant(powers, moments, 1) / all,
        determinant(powers, moments, 2) / all);
  }

  /** Of the matrix of powers, with one of its columns replaced by the moments (Cramer's rule). */
  private static double determinant(double[] powers, double[] moments, int replaced) {
    double[][] m = new double[3][3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        m[row][column] = column == replaced ? moments[row] : powers[row + column];
      }
    }
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  }
}
