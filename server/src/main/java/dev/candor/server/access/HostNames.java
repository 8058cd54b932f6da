package dev.candor.server.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * By which names a server may be called. A page that lets a name of its own point to this machine
 * sends that name; it cannot send an address, for then it would have come from there.
 */
final class HostNames {

  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.%]+]");

  private final Set<String> names = new HashSet<>();

  /**
   * @param bound the address or name that the server listens on
   * @param others names that it is to be called by
   */
  HostNames(String bound, List<String> others) {
    names.add("localhost");
    names.add(bound.toLowerCase(Locale.ROOT));
    others.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    try {
      names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
    } catch (UnknownHostException e) {
      // A machine without a name is not called by it.
    }
  }

  /**
   * Whether a request may say so.
   *
   * @param authority host and port, as the header Host has them
   */
  boolean allow(String authority) {
    String host = PORT.matcher(authority).replaceFirst("").toLowerCase(Locale.ROOT);
    return ADDRESS.matcher(host).matches() || names.contains(host);
  }
}
