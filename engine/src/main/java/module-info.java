/** From a weights file to a token: the part of Candor that others embed. */
module dev.candor.engine {
  requires static org.jspecify;
  requires tools.jackson.core;
  requires jdk.incubator.vector;

  exports dev.candor.engine;
  exports dev.candor.engine.json;
  exports dev.candor.engine.kernels;
  exports dev.candor.engine.weights;
  exports dev.candor.engine.tokenizers;
  exports dev.candor.engine.models;
  exports dev.candor.engine.templates;
  exports dev.candor.engine.constraints;
  exports dev.candor.engine.generation;
  exports dev.candor.engine.adapters;
}
