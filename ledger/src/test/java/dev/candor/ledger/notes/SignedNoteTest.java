package dev.candor.ledger.notes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {

  /** The example of C2SP signed-note. */
  private static final String FOO =
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  private static final VerifierKey FOO_KEY =
      VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");

  /** Signatures and keys of golang.org/x/mod, sumdb/note, The Go Authors, BSD-3-Clause. */
  private static final String PETER_AND_ENOCH =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.

      — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
      — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=
      """;

  private static final VerifierKey PETER =
      VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  private static final VerifierKey ENOCH =
      VerifierKey.parse("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop");

  @Test
  void notesOfOthersVerify() {
    SignedNote foo = SignedNote.parse(FOO.getBytes(UTF_8));
    assertThat(foo.text()).isEqualTo("This is an example message.\n");
    assertThat(foo.verifiedBy(List.of(PETER, FOO_KEY))).containsExactly(FOO_KEY);
    assertThat(foo.form()).isEqualTo(FOO.getBytes(UTF_8));
    assertThat(FOO_KEY.vkey())
        .isEqualTo("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");

    SignedNote both = SignedNote.parse(PETER_AND_ENOCH.getBytes(UTF_8));
    assertThat(both.verifiedBy(List.of(ENOCH, PETER))).containsExactly(PETER, ENOCH);
    assertThat(both.verifiedBy(List.of(ENOCH))).containsExactly(ENOCH);
    assertThatThrownBy(() -> both.verifiedBy(List.of(FOO_KEY)))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("PeterNeumann+c74f20a3")
        .extracting("code")
        .isEqualTo("ledger.note-unverified");
  }

  @Test
  void whatIsSignedVerifiesAndComesBack() {
    SplittableRandom random = new SplittableRandom(11);
    NoteSigner first = TestKeys.ed25519("example.com/log");
    NoteSigner second = TestKeys.ed25519("example.com/ł—g");
    for (int i = 0; i < 200; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append(random.nextInt(3) == 0 ? "\n" : Character.toString(0x20 + random.nextInt(999)));
      }
      SignedNote note = new SignedNote(text + "\n").signedBy(List.of(first, second));
      SignedNote parsed = SignedNote.parse(note.form());
      assertThat(parsed).isEqualTo(note);
      assertThat(parsed.verifiedBy(List.of(second.key(), first.key())))
          .containsExactly(first.key(), second.key());
    }
  }

  /** Abuse case A33: one form for each note, and no other text or signature passes. */
  @Test
  void alteredBytesAreRefused() {
    byte[] form = PETER_AND_ENOCH.getBytes(UTF_8);
    SignedNote note = SignedNote.parse(form);
    SplittableRandom random = new SplittableRandom(33);
    int read = 0;
    for (int i = 0; i < 4_000; i++) {
      byte[] altered = altered(form, random);
      if (Arrays.equals(altered, form)) {
        continue;
      }
      SignedNote parsed;
      try {
        parsed = SignedNote.parse(altered);
      } catch (LedgerException e) {
        assertThat(e.code()).isEqualTo("ledger.note-malformed");
        continue;
      }
      read++;
      assertThat(parsed.form()).isEqualTo(altered);
      assertThat(parsed).isNotEqualTo(note);
      try {
        List<VerifierKey> verified = parsed.verifiedBy(List.of(PETER, ENOCH));
        // One signature may have become a stranger's or gone, the rest stayed what it was.
        assertThat(parsed.text()).isEqualTo(note.text());
        assertThat(parsed.signatures().stream().filter(note.signatures()::contains))
            .hasSizeGreaterThanOrEqualTo(verified.size());
      } catch (LedgerException e) {
        assertThat(e.code()).isIn("ledger.note-signature", "ledger.note-unverified");
      }
    }
    assertThat(read).isGreaterThan(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=",
        "text\n\n— a AAAAAAA=\n\n",
        "text\n\n— a AAAAAAA=\nmore\n",
        "text\n\n— a AAAAAA==\n",
        "text\n\n— a AAAAAAA\n",
        "text\n\n— a AAAAAAB=\n",
        "text\n\n— a  AAAAAAA=\n",
        "text\n\n— a AAAAAAA= \n",
        "text\n\n— a\tAAAAAAA=\n",
        "text\n\n— a+b AAAAAAA=\n",
        "text\n\n— a\u00a0b AAAAAAA=\n",
        "text\n\n— a\u2007b AAAAAAA=\n",
        "text\n\n— a\u0085b AAAAAAA=\n",
        "text\n\n— a\u3000b AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n",
        "te\rxt\n\n— a AAAAAAA=\n",
        "te\u0000xt\n\n— a AAAAAAA=\n",
        "te\u001b[2Jxt\n\n— a AAAAAAA=\n",
        "text\r\n\r\n— a AAAAAAA=\r\n"
      })
  void refusesWhatItWouldNotWrite(String form) {
    assertThatThrownBy(() -> SignedNote.parse(form.getBytes(UTF_8)))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.note-malformed");
    assertThat(SignedNote.parse("text\n\n— a AAAAAAA=\n".getBytes(UTF_8)).signatures()).hasSize(1);
  }

  @Test
  void refusesWhatIsNotUnicode() {
    byte[] form = "te.xt\n\n— a AAAAAAA=\n".getBytes(UTF_8);
    form[2] = (byte) 0xFF;
    assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> SignedNote.parse(form));
    SignedNote half = new SignedNote("\ud800\n");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> half.signedBy(List.of(TestKeys.ed25519("a"))));
  }

  @Test
  void refusesWhatIsTooMuch() {
    SignedNote.Signature signature = new SignedNote.Signature("a", 1, new byte[1]);
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new SignedNote("a\n", Collections.nCopies(101, signature)))
        .withMessageContaining("101")
        .withMessageContaining("100");
    SignedNote most = new SignedNote("a\n", Collections.nCopies(100, signature));
    assertThat(SignedNote.parse(most.form())).isEqualTo(most);
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> SignedNote.parse(new byte[SignedNote.MOST_BYTES + 1]))
        .withMessageContaining("1048577");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() ->
            new SignedNote("a".repeat(SignedNote.MOST_BYTES) + "\n", List.of(signature)).form())
        .withMessageContaining("allowed are 1048576");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new SignedNote("a\n").form())
        .withMessageContaining("nobody");
  }

  @Test
  void aKnownKeysWrongSignatureRefusesTheWholeNote() {
    SignedNote note = SignedNote.parse(PETER_AND_ENOCH.getBytes(UTF_8));
    List<SignedNote.Signature> signatures = new ArrayList<>(note.signatures());
    byte[] wrong = signatures.get(1).bytes().clone();
    wrong[5] ^= 1;
    signatures.set(1, new SignedNote.Signature("EnochRoot", ENOCH.id(), wrong));
    SignedNote altered = new SignedNote(note.text(), signatures);
    assertThatThrownBy(() -> altered.verifiedBy(List.of(PETER, ENOCH)))
        .extracting("code")
        .isEqualTo("ledger.note-signature");
    assertThat(altered.verifiedBy(List.of(PETER))).containsExactly(PETER);
    // The same name with another id is another key, and nobody's business.
    signatures.set(1, new SignedNote.Signature("EnochRoot", ENOCH.id() + 1, wrong));
    assertThat(new SignedNote(note.text(), signatures).verifiedBy(List.of(PETER, ENOCH)))
        .containsExactly(PETER);
  }

  @Test
  void aSignerSignsOnce() {
    NoteSigner log = TestKeys.ed25519("example.com/log");
    NoteSigner other = TestKeys.ed25519("example.com/other");
    SignedNote once = new SignedNote("text\n").signedBy(List.of(log, other));
    SignedNote twice = once.signedBy(List.of(log));
    assertThat(twice.signatures()).hasSize(2);
    assertThat(twice.signatures().getLast().names(log.key())).isTrue();
    assertThat(twice.verifiedBy(List.of(log.key(), other.key())))
        .containsExactly(other.key(), log.key());
  }

  /** Adding the order of the group to s gives the same equation: RFC 8032 wants it refused. */
  @Test
  void aSignatureHasOneForm() {
    SignedNote.Signature signature = SignedNote.parse(FOO.getBytes(UTF_8)).signatures().getFirst();
    byte[] text = "This is an example message.\n".getBytes(UTF_8);
    assertThat(FOO_KEY.verifies(text, signature.bytes())).isTrue();
    byte[] s = new byte[32];
    for (int i = 0; i < 32; i++) {
      s[i] = signature.bytes()[63 - i];
    }
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] larger = new BigInteger(1, s).add(order).toByteArray();
    byte[] other = signature.bytes().clone();
    for (int i = 0; i < 32; i++) {
      other[63 - i] = i < 32 - larger.length ? 0 : larger[i - (32 - larger.length)];
    }
    assertThat(other).isNotEqualTo(signature.bytes());
    assertThat(FOO_KEY.verifies(text, other)).isFalse();
  }

  static byte[] altered(byte[] form, SplittableRandom random) {
    byte[] altered;
    switch (random.nextInt(5)) {
      case 0 -> altered = Arrays.copyOf(form, random.nextInt(form.length));
      case 1 -> { // a byte more
        int at = random.nextInt(form.length);
        altered = new byte[form.length + 1];
        System.arraycopy(form, 0, altered, 0, at);
        System.arraycopy(form, at, altered, at + 1, form.length - at);
        altered[at] = (byte) "\n— +=/A0".charAt(random.nextInt(8));
      }
      case 2 -> { // a byte less
        int at = random.nextInt(form.length);
        altered = Arrays.copyOf(form, form.length - 1);
        System.arraycopy(form, at + 1, altered, at, form.length - at - 1);
      }
      case 3 -> {
        altered = form.clone();
        altered[random.nextInt(form.length)] = (byte) random.nextInt(0x20, 0x7F);
      }
      default -> {
        altered = form.clone();
        altered[random.nextInt(form.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return altered;
  }
}
