package dev.candor.engine.tokenizers;

/**
 * WordPiece (Schuster and Nakajima 2012, as in BERT): the longest token that a word begins with,
 * then the longest continuation, and so on; a word that cannot be finished is unknown.
 *
 * @param words tokens that begin a word
 * @param continuations tokens that go on with one, without their prefix; same ids
 * @param unknown id of the token for words that cannot be spelled
 * @param longestWord code points of the longest word that is tried
 */
record WordPieceModel(Vocabulary words, Vocabulary continuations, int unknown, int longestWord)
    implements Model {

  /**
   * @param prefix what continuations begin with in the vocabulary
   */
  static WordPieceModel of(Vocabulary vocabulary, String prefix, int unknown, int longestWord) {
    Vocabulary.Builder continuations = new Vocabulary.Builder(false, vocabulary.count());
    for (int id = 0; id < vocabulary.size(); id++) {
      String spelling = vocabulary.spelling(id);
      if (spelling != null && spelling.startsWith(prefix)) {
        continuations.add(spelling.substring(prefix.length()), id);
      }
    }
    return new WordPieceModel(vocabulary, continuations.build(), unknown, longestWord);
  }

  @Override
  public void tokenize(String text, int start, int end, Workspace workspace) {
    if (text.codePointCount(start, end) > longestWord) {
      workspace.add(unknown);
      return;
    }
    int size = workspace.encode(text, start, end);
    byte[] piece = workspace.piece();
    int before = workspace.count();
    for (int from = 0; from < size; ) {
      long found = (from == 0 ? words : continuations).longestPrefix(piece, from, size);
      if (found < 0) {
        workspace.truncate(before);
        workspace.add(unknown);
        return;
      }
      workspace.add((int) found);
      from += (int) (found >>> 32);
    }
  }
}
