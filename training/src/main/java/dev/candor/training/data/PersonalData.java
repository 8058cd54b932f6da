package dev.candor.training.data;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What in texts looks like personal data, counted and not repeated. A suspicion, no proof, and
 * nothing is proved by its absence: names and addresses are not looked for.
 *
 * @param emailAddresses as RFC 5321 writes the usual ones
 * @param phoneNumbers international ones, and national ones of 8 to 15 digits that begin with 0 and
 *     are written in groups
 * @param accountNumbers IBANs whose check digits are right (ISO 13616)
 * @param rows how many rows have any of them
 */
public record PersonalData(int emailAddresses, int phoneNumbers, int accountNumbers, int rows) {

  private static final Pattern EMAIL =
      Pattern.compile(
          "(?<![\\w.+-])[\\w.+%-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+"
              + "[A-Za-z]{2,24}\\b");

  private static final Pattern IBAN =
      Pattern.compile("\\b[A-Za-z]{2}\\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?\\b");

  private static final Pattern PHONE =
      Pattern.compile(
          "(?<![\\w.])(?:(?:\\+|00)[1-9]\\d{0,2}[ ./-]?(?:\\(0?\\d{1,4}\\)[ ./-]?)?\\d(?:[ ./-]?\\d){6,11}"
              + "|\\(?0\\d{1,5}\\)?[ /-]\\d(?:[ /-]?\\d){4,10})(?!\\w)");

  private static final BigInteger NINETY_SEVEN = BigInteger.valueOf(97);

  /** What is in one text. */
  static PersonalData of(String text) {
    int emails = 0;
    int phones = 0;
    int accounts = 0;
    if (text.indexOf('@') >= 0) {
      emails = (int) EMAIL.matcher(text).results().count();
    }
    if (text.chars().anyMatch(c -> c >= '0' && c <= '9')) {
      accounts =
          (int)
              IBAN.matcher(text).results().filter(found -> isAccountNumber(found.group())).count();
      // What has the form of an account number is no phone number, whatever its check digits.
      String rest = IBAN.matcher(text).replaceAll(" ");
      phones =
          (int)
              PHONE
                  .matcher(rest)
                  .results()
                  .filter(found -> {
                    long digits = found.group().chars().filter(Character::isDigit).count();
                    return digits >= 8 && digits <= 15;
                  })
                  .count();
    }
    return new PersonalData(emails, phones, accounts, emails + phones + accounts > 0 ? 1 : 0);
  }

  /** Whether the remainder by 97 is 1, the first four characters read last (ISO 7064). */
  static boolean isAccountNumber(String text) {
    String compact = text.replace(" ", "").toUpperCase(Locale.ROOT);
    if (compact.length() < 15 || compact.length() > 34) {
      return false;
    }
    StringBuilder digits = new StringBuilder();
    for (char c : (compact.substring(4) + compact.substring(0, 4)).toCharArray()) {
      digits.append(Character.digit(c, 36));
    }
    return new BigInteger(digits.toString()).mod(NINETY_SEVEN).intValue() == 1;
  }

  PersonalData plus(PersonalData other) {
    return new PersonalData(
        emailAddresses + other.emailAddresses,
        phoneNumbers + other.phoneNumbers,
        accountNumbers + other.accountNumbers,
        rows + other.rows);
  }

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("emailAddresses", emailAddresses);
    members.put("phoneNumbers", phoneNumbers);
    members.put("accountNumbers", accountNumbers);
    members.put("rows", rows);
    return members;
  }
}
