package dev.candor.server.batching;

import dev.candor.server.HttpProblem;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How much each principal may have a minute, in tokens and in seconds of computing. What is used is
 * known when an answer ends; who is in debt then waits until the minutes have paid it. Safe for use
 * by many threads.
 */
public final class Quotas {

  private static final double NANOS_PER_MINUTE = 60e9;

  private final double tokensPerMinute;
  private final double secondsPerMinute;
  private final Map<String, Account> accounts = new HashMap<>();

  /** What is left to a principal. */
  private static final class Account {
    private double tokens;
    private double seconds;
    private long nanos;
  }

  /**
   * @param tokensPerMinute 0 for any
   * @param secondsPerMinute 0 for any
   */
  public Quotas(long tokensPerMinute, long secondsPerMinute) {
    this.tokensPerMinute = tokensPerMinute;
    this.secondsPerMinute = secondsPerMinute;
  }

  /**
   * Goes on only if something is left.
   *
   * @throws HttpProblem 429
   */
  public synchronized void require(String principal) {
    Account account = account(principal, System.nanoTime());
    double minutes = 0;
    String what = "";
    if (tokensPerMinute > 0 && account.tokens <= 0) {
      minutes = (1 - account.tokens) / tokensPerMinute;
      what = String.format(Locale.ROOT, "%.0f tokens", tokensPerMinute);
    }
    if (secondsPerMinute > 0 && account.seconds <= 0) {
      minutes = Math.max(minutes, (0.001 - account.seconds) / secondsPerMinute);
      what = String.format(Locale.ROOT, "%.0f seconds of computing", secondsPerMinute);
    }
    if (!what.isEmpty()) {
      int retry = Math.max(1, (int) Math.ceil(minutes * 60));
      throw HttpProblem.of(
              429,
              "rate_limit_exceeded",
              principal + " has used " + what + " a minute. Ask again in " + retry + " s.")
          .with("Retry-After", Integer.toString(retry));
    }
  }

  /** Takes what an answer has used. */
  public synchronized void charge(String principal, long tokens, long nanos) {
    Account account = account(principal, System.nanoTime());
    account.tokens -= tokens;
    account.seconds -= nanos / 1e9;
  }

  /** The account as it is now: a full minute's worth at most. */
  private Account account(String principal, long now) {
    Account account =
        accounts.computeIfAbsent(
            principal,
            _ -> {
              Account fresh = new Account();
              fresh.tokens = tokensPerMinute;
              fresh.seconds = secondsPerMinute;
              fresh.nanos = now;
              return fresh;
            });
    double minutes = (now - account.nanos) / NANOS_PER_MINUTE;
    account.tokens = Math.min(tokensPerMinute, account.tokens + minutes * tokensPerMinute);
    account.seconds = Math.min(secondsPerMinute, account.seconds + minutes * secondsPerMinute);
    account.nanos = now;
    return account;
  }
}
