package dev.candor.server.models;

import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.decisions.ModelIdentity;
import java.util.Optional;

/** A model that is in memory and ready to answer. Safe for use by many threads. */
public final class ServedModel implements AutoCloseable {

  private final ModelIdentity identity;
  private final SessionOptions session;
  private final long bytes;
  private final Optional<ChatFormat> chat;
  private final PrefixCache prefixes;
  private boolean sharesLanguage;

  /**
   * @param identity who decides; closing this closes its language model
   * @param session the longest context of a request, and how it is kept
   * @param bytes of memory that it takes, its sessions not counted
   */
  public ServedModel(ModelIdentity identity, SessionOptions session, long bytes) {
    this(identity, session, bytes, 0);
  }

  /**
   * The same, which remembers conversations that may go on.
   *
   * @param prefixBytes most bytes of what it remembers
   */
  public ServedModel(ModelIdentity identity, SessionOptions session, long bytes, long prefixBytes) {
    this.prefixes = new PrefixCache(identity.language(), prefixBytes);
    this.identity = identity;
    this.session = session;
    this.bytes = bytes;
    this.chat = identity.language().chatFormat();
  }

  /** The same, whose language model is another's: it stays open when this is closed. */
  public ServedModel sharingItsLanguage() {
    sharesLanguage = true;
    return this;
  }

  /** What entries say of it. */
  public ModelIdentity identity() {
    return identity;
  }

  /** What it computes with. */
  public LanguageModel language() {
    return identity.language();
  }

  /** As requests name it. */
  public String name() {
    return identity.name();
  }

  /** The longest context of a request, in tokens. */
  public int contextTokens() {
    return session.contextTokens();
  }

  /** Bytes of memory that it takes, its sessions not counted. */
  public long bytes() {
    return bytes;
  }

  /** How to chat with it, if it was made for that. */
  public Optional<ChatFormat> chat() {
    return chat;
  }

  /** A session for so many tokens, at most those of the context. */
  public SessionOptions session(int tokens) {
    return new SessionOptions(tokens, session.cacheFormat(), session.adapter());
  }

  /** What it remembers of conversations. */
  public PrefixCache prefixes() {
    return prefixes;
  }

  @Override
  public void close() {
    prefixes.close();
    if (!sharesLanguage) {
      identity.language().close();
    }
  }
}
