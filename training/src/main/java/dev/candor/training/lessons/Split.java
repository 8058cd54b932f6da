package dev.candor.training.lessons;

/** What an exercise is for. No phrasing and no value that is kept back occurs in training. */
public enum Split {
  /** Trained on. */
  TRAIN,

  /** Phrasings as in training, values kept back from it. */
  NEW_VALUES,

  /** Phrasings kept back from training, values as in training. */
  NEW_PHRASINGS
}
