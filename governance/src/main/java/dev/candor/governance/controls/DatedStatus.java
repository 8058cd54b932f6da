package dev.candor.governance.controls;

import java.time.LocalDate;

/**
 * From when on something has a status.
 *
 * @param day first day
 * @param status such as {@code effective}
 */
public record DatedStatus(LocalDate day, String status) {

  /** For people: {@code 2027-05-01 effective}. */
  @Override
  public String toString() {
    return day + " " + status;
  }
}
