"""Ollama's Python client asks the server: what it makes of the replies is what its users get."""

import asyncio
import functools
import json
import os
import re
import time
import unittest
import urllib.request

import ollama

URL = os.environ["CANDOR_URL"]
MODEL = "candor-mini"
THINKER = "thinker"
QUESTION = os.environ["CANDOR_QUESTION"]
ANSWER = os.environ["CANDOR_ANSWER"]
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
ENDLESS = {"type": "array", "items": {"type": "boolean"}, "minItems": 300, "maxItems": 300}
# The token of the thinker that ends its thoughts.
SOON = {"seed": 1, "temperature": 1, "num_predict": 60, "logit_bias": {"447": 4}}


def asked(question=QUESTION):
    return [{"role": "user", "content": question}]


def add(a: int, b: int) -> int:
    """Add two numbers.

    Args:
      a: The first number
      b: The second number

    Returns:
      int: The sum
    """
    return a + b


def stopped():
    with urllib.request.urlopen(URL + "/metrics") as response:
        text = response.read().decode()
    return sum(float(it) for it in re.findall(r'^candor_decisions_total\{[^}]*outcome="stopped"\} (\S+)$', text, re.MULTILINE))


def waited_for(condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Test(unittest.TestCase):
    def setUp(self):
        self.client = ollama.Client(host=URL, timeout=60)
        self.addCleanup(self.client.close)

    def test_models(self):
        self.assertEqual([it.model for it in self.client.list().models], [MODEL, THINKER])
        shown = self.client.show(MODEL)
        self.assertIn("completion", shown.capabilities)
        self.assertIn("tools", shown.capabilities)
        self.assertNotIn("thinking", shown.capabilities)
        self.assertIn("thinking", self.client.show(THINKER + ":latest").capabilities)
        self.assertTrue(shown.modelinfo["general.architecture"])
        self.client.generate(MODEL)  # into memory
        running = {it.model: it for it in self.client.ps().models}
        self.assertGreater(running[MODEL].size, 0)

    def test_chat(self):
        answer = self.client.chat(MODEL, asked(), options={"temperature": 0})
        self.assertEqual((answer.message.content, answer.message.role), (ANSWER, "assistant"))
        self.assertEqual((answer.done, answer.done_reason), (True, "stop"))
        for number in (answer.prompt_eval_count, answer.eval_count, answer.total_duration, answer.eval_duration):
            self.assertGreater(number, 0)
        turns = [*asked(), answer.message, *asked("And 2 + 2?")]
        self.assertTrue(self.client.chat(MODEL + ":latest", turns).done)

    def test_chat_in_pieces(self):
        parts = list(self.client.chat(MODEL, asked(), stream=True))
        self.assertEqual("".join(it.message.content for it in parts), ANSWER)
        self.assertEqual([it.done for it in parts], [False] * (len(parts) - 1) + [True])
        self.assertGreater(len(parts), 5)
        self.assertGreater(parts[-1].eval_count, 5)

    def test_generate(self):
        answer = self.client.generate(MODEL, QUESTION)
        self.assertEqual((answer.response, answer.done_reason), (ANSWER, "stop"))
        parts = list(self.client.generate(MODEL, QUESTION, stream=True))
        self.assertEqual("".join(it.response for it in parts), ANSWER)
        raw = self.client.generate(MODEL, "2 + 2 =", raw=True, options={"num_predict": 3})
        self.assertEqual((raw.eval_count, raw.done_reason), (3, "length"))

    def test_all_options(self):
        options = ollama.Options(
            numa=False, num_ctx=2048, num_batch=1, num_gpu=0, main_gpu=0, low_vram=False, f16_kv=True, logits_all=False,
            vocab_only=False, use_mmap=True, use_mlock=False, embedding_only=False, num_thread=1, num_keep=0, seed=1,
            num_predict=2, top_k=5, top_p=0.9, tfs_z=1.0, typical_p=1.0, repeat_last_n=64, temperature=0.5,
            repeat_penalty=1.1, presence_penalty=0.0, frequency_penalty=0.0, mirostat=0, mirostat_tau=5.0,
            mirostat_eta=0.1, penalize_newline=False, stop=["\n"],
        )  # fmt: skip
        answer = self.client.generate(MODEL, QUESTION, options=options, keep_alive=300)
        self.assertLessEqual(answer.eval_count, 2)
        for stay in (5, 2.5, "10m", "1h30m", -1):
            self.assertTrue(self.client.generate(MODEL, keep_alive=stay).done)

    def test_form(self):
        answer = self.client.chat(MODEL, asked("Anna Berger is 30."), format=PERSON, options={"num_predict": 300})
        self.assertEqual(list(json.loads(answer.message.content)), ["name", "age"])
        answer = self.client.generate(MODEL, "Anna Berger is 30.", format=PERSON, options={"num_predict": 300})
        self.assertEqual(list(json.loads(answer.response)), ["name", "age"])
        parts = self.client.chat(MODEL, asked("Anna is 30."), format=PERSON, stream=True, options={"num_predict": 300})
        self.assertEqual(list(json.loads("".join(it.message.content for it in parts))), ["name", "age"])
        with self.assertRaises(ollama.ResponseError) as error:
            self.client.chat(MODEL, asked(), format={"type": "object", "patternProperties": {}})
        self.assertEqual(error.exception.status_code, 400)
        self.assertIn("patternProperties", error.exception.error)

    def test_tools(self):
        question = asked("Use the tool add for 1 and 2.")
        self.assertTrue(self.client.chat(MODEL, question, tools=[add], options={"num_predict": 20}).done)
        # The model was not taught to call; where it must, the client reads what it calls.
        options = {"num_predict": 300, "temperature": 1, "seed": 1}
        tools = [ollama._utils.convert_function_to_tool(add).model_dump(exclude_none=True)]
        body = {"model": MODEL, "messages": question, "tools": tools, "tool_choice": "required", "options": options}
        chat = functools.partial(self.client._request, ollama.ChatResponse, "POST", "/api/chat")
        calls = list(chat(json={**body, "stream": False}).message.tool_calls)
        for call in calls:
            self.assertEqual((call.function.name, set(call.function.arguments)), ("add", {"a", "b"}))
            self.assertIsInstance(add(**call.function.arguments), int)
        parts = list(chat(json={**body, "stream": True}, stream=True))
        self.assertEqual([call for it in parts for call in it.message.tool_calls or []], calls)
        # The turns of a conversation with calls are read, whoever has called.
        call = {"function": {"name": "add", "arguments": {"a": 1, "b": 2}}}
        turns = [*question, {"role": "assistant", "content": "", "tool_calls": [call, call]}]
        turns += [{"role": "tool", "content": str(add(1, 2)), "tool_name": "add"}] * 2
        self.assertTrue(self.client.chat(MODEL, turns, tools=[add], options={"num_predict": 20}).done)

    def test_thoughts(self):
        answer = self.client.chat(THINKER, asked("Hello"), think=True, options=SOON)
        self.assertTrue(answer.message.thinking)
        self.assertTrue(answer.message.content)
        parts = list(self.client.chat(THINKER, asked("Hello"), think=True, options=SOON, stream=True))
        self.assertEqual("".join(it.message.thinking or "" for it in parts), answer.message.thinking)
        self.assertEqual("".join(it.message.content or "" for it in parts), answer.message.content)
        self.assertIsNone(self.client.chat(THINKER, asked("Hello"), think=False, options=SOON).message.thinking)
        self.assertTrue(self.client.generate(THINKER, "Hello", think=True, options=SOON).thinking)

    def test_how_much_to_think(self):
        for model, think, honoured in [(THINKER, "high", False), (MODEL, True, False), (THINKER, True, True), (MODEL, False, True)]:
            body = {"model": model, "messages": asked(), "stream": False, "think": think, "options": {"num_predict": 2}}
            request = urllib.request.Request(URL + "/api/chat", json.dumps(body).encode())
            with urllib.request.urlopen(request) as response:
                self.assertEqual("think" not in json.load(response)["candor"]["not_honoured"], honoured)
        with self.assertRaises(ollama.ResponseError) as error:
            self.client.chat(THINKER, asked(), think="a lot")
        self.assertEqual(error.exception.status_code, 400)

    def test_embeddings(self):
        one = self.client.embed(MODEL, "one")
        two = self.client.embed(MODEL, ["one", "two"], truncate=True, keep_alive="5m", dimensions=8)
        self.assertAlmostEqual(sum(it * it for it in one.embeddings[0]), 1, places=5)
        self.assertEqual([len(it) for it in two.embeddings], [8, 8])
        self.assertGreater(two.prompt_eval_count, one.prompt_eval_count)
        self.assertEqual(self.client.embeddings(MODEL, "one").embedding, one.embeddings[0])

    def test_errors(self):
        with self.assertRaises(ollama.ResponseError) as error:
            self.client.chat("llama3", asked())
        self.assertEqual(error.exception.status_code, 404)
        self.assertIn("llama3", error.exception.error)
        with self.assertRaises(ollama.ResponseError) as error:
            self.client.generate(MODEL, QUESTION, options={"num_predict": 99_999})
        self.assertEqual(error.exception.status_code, 400)
        self.assertIn("2048", error.exception.error)
        with self.assertRaises(ollama.ResponseError) as error:
            list(self.client.chat(MODEL, asked(), options={"temprature": 1}, stream=True))
        self.assertIn("temprature", error.exception.error)
        for absent in (self.client.pull, self.client.push, self.client.delete):
            with self.assertRaises(ollama.ResponseError) as error:
                absent("llama3")
            self.assertEqual(error.exception.status_code, 404)

    def test_keys(self):
        guarded = os.environ["CANDOR_GUARDED_URL"]
        with self.assertRaises(ollama.ResponseError) as error, ollama.Client(host=guarded) as client:
            client.list()
        self.assertEqual(error.exception.status_code, 401)
        key = {"Authorization": "Bearer " + os.environ["CANDOR_KEY"]}
        with ollama.Client(host=guarded, headers=key) as client:
            self.assertEqual(len(client.list().models), 2)

    def test_who_leaves_ends_the_decision(self):
        before = stopped()
        parts = self.client.generate(MODEL, "count", format=ENDLESS, stream=True)
        next(parts)
        parts.close()
        self.assertTrue(waited_for(lambda: stopped() == before + 1))


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    async def test_many_streams(self):
        client = ollama.AsyncClient(host=URL, timeout=60)

        async def text():
            parts = await client.chat(MODEL, asked(), stream=True)
            return "".join([it.message.content async for it in parts])

        self.assertEqual(set(await asyncio.gather(*[text() for _ in range(6)])), {ANSWER})


if __name__ == "__main__":
    unittest.main()
