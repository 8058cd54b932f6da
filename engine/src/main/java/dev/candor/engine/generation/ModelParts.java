package dev.candor.engine.generation;

import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a {@link LanguageModel} is put together from.
 *
 * @param model the network
 * @param tokenizer its tokenizer
 * @param chatTemplate the source of its chat template, if it has one
 * @param chatVariables what the template may read besides the chat, such as {@code bos_token}
 * @param thinkingEnd the text that ends the model's thinking; empty if it does not think aloud
 * @param endTokens ids that end an answer
 * @param defaultSampling what the model's authors advise
 * @param kernels what it computes with, and why
 * @param weightBytes bytes of the mapped weights
 * @param packableBytes those of them that {@code Packing} would lay in strips
 * @param digest gives the SHA-256 of the weights, 64 lower-case hexadecimal digits
 * @param fingerprints of all parts, if they come from files
 * @param onClose frees what the parts hold
 */
public record ModelParts(
    CausalModel model,
    Tokenizer tokenizer,
    Optional<String> chatTemplate,
    Map<String, Object> chatVariables,
    Optional<String> thinkingEnd,
    Set<Integer> endTokens,
    SamplingOptions defaultSampling,
    KernelSelector.Choice kernels,
    long weightBytes,
    long packableBytes,
    Supplier<String> digest,
    Optional<ModelFingerprints> fingerprints,
    Runnable onClose) {

  public ModelParts {
    chatVariables = Map.copyOf(chatVariables);
    endTokens = Set.copyOf(endTokens);
  }

  /** The same with another network, which computes the same. */
  ModelParts with(CausalModel network, Supplier<String> itsDigest, Runnable closing) {
    return new ModelParts(
        network,
        tokenizer,
        chatTemplate,
        chatVariables,
        thinkingEnd,
        endTokens,
        defaultSampling,
        kernels,
        weightBytes,
        packableBytes,
        itsDigest,
        fingerprints,
        closing);
  }
}
