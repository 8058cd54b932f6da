"""OpenAI's Python client asks the server: what it makes of the replies is what its users get."""

import asyncio
import base64
import os
import re
import struct
import time
import unittest
import urllib.request

import openai
import pydantic

URL = os.environ["CANDOR_URL"]
MODEL = "candor-mini"
THINKER = "thinker"
QUESTION = os.environ["CANDOR_QUESTION"]
ANSWER = os.environ["CANDOR_ANSWER"]


class Person(pydantic.BaseModel):
    name: str
    age: int


class Add(pydantic.BaseModel):
    """Adds two numbers."""

    a: int
    b: int


class Upper(pydantic.BaseModel):
    """Makes a word upper case."""

    word: str


# Long enough that whoever leaves does so in the middle.
ENDLESS = {
    "type": "json_schema",
    "json_schema": {
        "name": "n",
        "schema": {"type": "array", "items": {"type": "boolean"}, "minItems": 300, "maxItems": 300},
    },
}
TOOLS = [openai.pydantic_function_tool(Add, name="add"), openai.pydantic_function_tool(Upper, name="upper")]


def asked(question=QUESTION, **more):
    return {"model": MODEL, "messages": [{"role": "user", "content": question}], **more}


def metric(pattern):
    with urllib.request.urlopen(URL + "/metrics") as response:
        found = re.findall("^" + pattern + r" (\S+)$", response.read().decode(), re.MULTILINE)
    return sum(float(each) for each in found)


def stopped():
    return metric(r'candor_decisions_total\{[^}]*outcome="stopped"\}')


def waited_for(condition):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Test(unittest.TestCase):
    def setUp(self):
        self.client = openai.OpenAI(base_url=URL + "/v1", api_key="any", max_retries=0, timeout=60)
        self.addCleanup(self.client.close)
        self.chat = self.client.chat.completions

    def test_models(self):
        self.assertEqual([it.id for it in self.client.models.list()], [MODEL, THINKER])
        self.assertEqual(self.client.models.retrieve(MODEL).owned_by, "candor")

    def test_text_and_usage(self):
        answer = self.chat.create(**asked())
        self.assertEqual(answer.choices[0].message.content, ANSWER)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
        self.assertEqual(answer.model_extra["candor"]["receipts"][0]["outcome"], "end")

    def test_raw_response_has_the_decision(self):
        raw = self.chat.with_raw_response.create(**asked())
        receipt = raw.parse().model_extra["candor"]["receipts"][0]
        self.assertEqual(raw.headers["candor-decision"], receipt["decision"])

    def test_stream(self):
        text, reasons, usage = "", [], None
        with self.chat.create(**asked(stream=True, stream_options={"include_usage": True})) as stream:
            for chunk in stream:
                usage = chunk.usage or usage
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    reasons += [choice.finish_reason] if choice.finish_reason else []
        self.assertEqual((text, reasons), (ANSWER, ["stop"]))
        self.assertGreater(usage.completion_tokens, 0)

    def test_choices_and_logprobs(self):
        answer = self.chat.create(**asked("Tell me.", n=3, seed=5, temperature=2, max_tokens=9, logprobs=True, top_logprobs=2))
        self.assertEqual([it.index for it in answer.choices], [0, 1, 2])
        for choice in answer.choices:
            self.assertEqual({len(it.top_logprobs) for it in choice.logprobs.content}, {2})

    def test_reasoning(self):
        request = {**asked("Hello", max_tokens=60, seed=1), "model": THINKER, "logit_bias": {"447": 4}}
        answer = self.chat.create(**request)
        message = answer.choices[0].message
        thoughts = message.model_extra["reasoning_content"]
        self.assertTrue(thoughts)
        self.assertTrue(message.content)
        self.assertNotIn("</think>", thoughts)
        counted = answer.usage.completion_tokens_details.reasoning_tokens
        self.assertTrue(0 < counted < answer.usage.completion_tokens)
        told, text = "", ""
        for chunk in self.chat.create(**request, stream=True):
            for choice in chunk.choices:
                told += (choice.delta.model_extra or {}).get("reasoning_content") or ""
                text += choice.delta.content or ""
        self.assertEqual((told, text), (thoughts, message.content))
        # Thoughts may come back with the conversation.
        turn = {"role": "assistant", "content": text, "reasoning_content": thoughts}
        request["messages"] += [turn, {"role": "user", "content": "Again"}]
        self.assertEqual(len(self.chat.create(**request).choices), 1)
        none = self.chat.create(**request, reasoning_effort="none")
        self.assertNotIn("reasoning_content", none.choices[0].message.model_extra or {})

    def test_form_behind_thoughts(self):
        request = asked("Hello", max_tokens=300, seed=1, response_format=Person, logit_bias={"447": 4})
        answer = self.chat.parse(**{**request, "model": THINKER})
        self.assertIsInstance(answer.choices[0].message.parsed, Person)
        self.assertTrue(answer.choices[0].message.model_extra["reasoning_content"])

    def test_parallel_tool_calls(self):
        question = "Add 1 and 2, and make 'a' upper case."
        for seed in range(80):
            request = asked(question, tools=TOOLS, tool_choice="required", max_tokens=400, temperature=5, seed=seed)
            try:
                whole = self.chat.parse(**request).choices[0]
            except openai.LengthFinishReasonError:
                continue
            if len(whole.message.tool_calls) > 1:
                break
        self.assertEqual(whole.finish_reason, "tool_calls")
        calls = whole.message.tool_calls
        self.assertGreater(len(calls), 1)
        self.assertEqual(len({it.id for it in calls}), len(calls))
        for call in calls:
            self.assertIsInstance(call.function.parsed_arguments, (Add, Upper))
        # The same in pieces: the client puts them together by their index.
        with self.chat.stream(**request) as stream:
            kinds = {event.type for event in stream}
            streamed = stream.get_final_completion().choices[0]
        self.assertIn("tool_calls.function.arguments.delta", kinds)
        self.assertIn("tool_calls.function.arguments.done", kinds)
        arguments = [it.function.arguments for it in calls]
        self.assertEqual([it.function.arguments for it in streamed.message.tool_calls], arguments)
        results = [{"role": "tool", "tool_call_id": it.id, "content": "3"} for it in calls]
        turns = [*request["messages"], whole.message, *results]
        answer = self.chat.create(model=MODEL, messages=turns, tools=TOOLS, tool_choice="none", max_tokens=20)
        self.assertIsNone(answer.choices[0].message.tool_calls)

    def test_one_tool_call_and_no_other(self):
        choice = {"type": "function", "function": {"name": "add"}}
        answer = self.chat.create(**asked("x", tools=TOOLS, tool_choice=choice, parallel_tool_calls=False, max_tokens=300))
        self.assertEqual([it.function.name for it in answer.choices[0].message.tool_calls], ["add"])

    def test_form(self):
        request = asked("Anna Berger is 30 years old.", response_format=Person, max_tokens=300)
        parsed = self.chat.parse(**request).choices[0].message.parsed
        self.assertIsInstance(parsed, Person)
        with self.chat.stream(**request) as stream:
            self.assertEqual(stream.get_final_completion().choices[0].message.parsed, parsed)

    def test_form_that_cannot_be_held(self):
        schema = {"name": "n", "strict": True, "schema": {"type": "object", "patternProperties": {}}}
        with self.assertRaises(openai.BadRequestError) as refused:
            self.chat.create(**asked(response_format={"type": "json_schema", "json_schema": schema}))
        self.assertIn("patternProperties", refused.exception.message)
        self.assertEqual(refused.exception.param, "response_format.json_schema.schema")

    def test_embeddings(self):
        # Asks for base64 and reads it, where nothing is said.
        usual = self.client.embeddings.create(model=MODEL, input=["one", "two"])
        floats = self.client.embeddings.create(model=MODEL, input=["one", "two"], encoding_format="float")
        for a, b in zip(usual.data, floats.data, strict=True):
            self.assertEqual(a.index, b.index)
            self.assertEqual(a.embedding, [struct.unpack("f", struct.pack("f", it))[0] for it in b.embedding])
            self.assertAlmostEqual(sum(it * it for it in a.embedding), 1, places=5)
        raw = self.client.embeddings.with_raw_response.create(model=MODEL, input="one", encoding_format="base64")
        text = raw.http_response.json()["data"][0]["embedding"]
        self.assertEqual(list(struct.unpack("<%df" % (len(base64.b64decode(text)) // 4), base64.b64decode(text))), usual.data[0].embedding)
        few = self.client.embeddings.create(model=MODEL, input=[[1, 2, 3], [4]], dimensions=7)
        self.assertEqual([len(it.embedding) for it in few.data], [7, 7])
        self.assertEqual(few.usage.prompt_tokens, 4)

    def test_many_embeddings(self):
        many = self.client.embeddings.create(model=MODEL, input=[f"text {i % 3}" for i in range(300)], dimensions=4)
        self.assertEqual([it.index for it in many.data], list(range(300)))
        self.assertEqual(many.data[0].embedding, many.data[297].embedding)
        self.assertNotEqual(many.data[0].embedding, many.data[1].embedding)
        with self.assertRaises(openai.BadRequestError) as refused:
            self.client.embeddings.create(model=MODEL, input=["x"] * 2049)
        self.assertIn("2048", refused.exception.message)

    def test_completions(self):
        answer = self.client.completions.create(model=MODEL, prompt=["The capital of", "2 + 2 ="], max_tokens=4, n=2)
        self.assertEqual([it.index for it in answer.choices], [0, 1, 2, 3])
        text = "".join(
            choice.text
            for chunk in self.client.completions.create(model=MODEL, prompt="The capital of", max_tokens=4, stream=True)
            for choice in chunk.choices
        )
        self.assertEqual(text, answer.choices[0].text)

    def test_responses(self):
        answer = self.client.responses.create(model=MODEL, input=QUESTION)
        self.assertEqual((answer.status, answer.output_text), ("completed", ANSWER))
        self.assertEqual(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens)
        with self.client.responses.create(model=MODEL, input=QUESTION, stream=True) as stream:
            events = list(stream)
        self.assertEqual([it.sequence_number for it in events], list(range(len(events))))
        self.assertEqual("".join(it.delta for it in events if it.type == "response.output_text.delta"), ANSWER)
        begin = ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"]
        end = ["response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"]
        kinds = [it.type for it in events]
        self.assertEqual((kinds[:4], kinds[-4:]), (begin, end))
        self.assertEqual(set(kinds[4:-4]), {"response.output_text.delta"})
        short = self.client.responses.create(model=MODEL, input=QUESTION, max_output_tokens=3)
        self.assertEqual((short.status, short.incomplete_details.reason), ("incomplete", "max_output_tokens"))

    def test_responses_in_a_form(self):
        answer = self.client.responses.parse(model=MODEL, input="Anna is 30.", text_format=Person, max_output_tokens=300)
        self.assertIsInstance(answer.output_parsed, Person)
        with self.client.responses.stream(model=MODEL, input="Anna is 30.", text_format=Person, max_output_tokens=300) as stream:
            for _ in stream:
                pass
            self.assertEqual(stream.get_final_response().output_parsed, answer.output_parsed)

    def test_responses_call_tools(self):
        tools = [{"type": "function", **openai.pydantic_function_tool(Add, name="add")["function"]}]
        request = {"model": MODEL, "tools": tools, "max_output_tokens": 300, "parallel_tool_calls": False}
        turns = [{"role": "user", "content": "Add 1 and 2."}]
        answer = self.client.responses.create(**request, input=turns, tool_choice="required")
        call = answer.output[0]
        self.assertEqual((call.type, call.name), ("function_call", "add"))
        Add.model_validate_json(call.arguments)
        events = list(self.client.responses.create(**request, input=turns, tool_choice="required", stream=True))
        pieces = [it.delta for it in events if it.type == "response.function_call_arguments.delta"]
        done = [it.arguments for it in events if it.type == "response.function_call_arguments.done"]
        self.assertEqual(["".join(pieces)], done)
        self.assertEqual(done, [call.arguments])
        turns += [*answer.output, {"type": "function_call_output", "call_id": call.call_id, "output": "3"}]
        self.assertEqual(self.client.responses.create(**request, input=turns, tool_choice="none").output[0].type, "message")

    def test_responses_reason(self):
        request = {"model": THINKER, "input": "Hello", "max_output_tokens": 60, "extra_body": {"seed": 1, "logit_bias": {"447": 4}}}
        answer = self.client.responses.create(**request)
        self.assertEqual([it.type for it in answer.output], ["reasoning", "message"])
        thoughts = answer.output[0].content[0].text
        self.assertGreater(answer.usage.output_tokens_details.reasoning_tokens, 0)
        events = list(self.client.responses.create(**request, stream=True))
        self.assertEqual("".join(it.delta for it in events if it.type == "response.reasoning_text.delta"), thoughts)

    def test_errors(self):
        with self.assertRaises(openai.NotFoundError) as error:
            self.chat.create(**{**asked(), "model": "gpt-4"})
        self.assertEqual(error.exception.code, "model_not_found")
        with self.assertRaises(openai.BadRequestError) as error:
            self.chat.create(**asked(max_tokens=99_999))
        self.assertEqual((error.exception.code, error.exception.param), ("context_length_exceeded", "messages"))
        self.assertIn("2048", error.exception.message)
        with self.assertRaises(openai.BadRequestError) as error:
            self.chat.create(**asked(extra_body={"temprature": 1}))
        self.assertEqual((error.exception.code, error.exception.param), ("unknown_parameter", "temprature"))
        with self.assertRaises(openai.PermissionDeniedError) as error:
            self.chat.create(**asked(), stream=True, extra_headers={"Candor-Purpose": "social-scoring"})
        self.assertEqual(error.exception.code, "governance.refused")
        key = {"extra_headers": {"Idempotency-Key": "python"}}
        self.chat.create(**asked(**key))
        with self.assertRaises(openai.UnprocessableEntityError):
            self.chat.create(**asked("Something else.", **key))

    def test_what_is_not_here(self):
        absent = [
            lambda: self.client.moderations.create(input="x"),
            lambda: self.client.audio.speech.create(model=MODEL, input="x", voice="alloy"),
            lambda: self.client.audio.transcriptions.create(model=MODEL, file=("a.wav", b"RIFF")),
            lambda: self.client.images.generate(prompt="x"),
            lambda: self.client.files.list(),
            lambda: self.client.responses.retrieve("resp_1"),
        ]
        for each in absent:
            with self.assertRaises(openai.NotFoundError) as error:
                each()
            self.assertEqual((error.exception.code, error.exception.type), ("not_found", "not_found_error"))

    def test_who_leaves_ends_the_decision(self):
        before = stopped()
        with self.chat.create(**asked("count", stream=True, response_format=ENDLESS)) as stream:
            next(iter(stream))
        self.assertTrue(waited_for(lambda: stopped() == before + 1))
        self.assertTrue(waited_for(lambda: metric("candor_decisions_running") == 0))


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = openai.AsyncOpenAI(base_url=URL + "/v1", api_key="any", max_retries=0, timeout=60)
        self.addAsyncCleanup(self.client.close)

    async def test_many_streams(self):
        async def text():
            stream = await self.client.chat.completions.create(**asked(), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

        self.assertEqual(set(await asyncio.gather(*[text() for _ in range(6)])), {ANSWER})

    async def test_embeddings(self):
        made = await self.client.embeddings.create(model=MODEL, input="one")
        self.assertAlmostEqual(sum(it * it for it in made.data[0].embedding), 1, places=5)

    async def test_who_is_cancelled_ends_the_decision(self):
        before = stopped()
        begun = asyncio.Event()

        async def ask():
            stream = await self.client.chat.completions.create(**asked("count", stream=True, response_format=ENDLESS))
            async for _ in stream:
                begun.set()

        task = asyncio.create_task(ask())
        await asyncio.wait_for(begun.wait(), 30)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertTrue(await asyncio.to_thread(waited_for, lambda: stopped() == before + 1))


class GuardedTest(unittest.TestCase):
    """A server with keys, of which one may ask little."""

    def client(self, key, **more):
        client = openai.OpenAI(base_url=os.environ["CANDOR_GUARDED_URL"] + "/v1", api_key=key, **more)
        self.addCleanup(client.close)
        return client

    def test_keys(self):
        with self.assertRaises(openai.AuthenticationError) as error:
            self.client("candor-wrong").models.list()
        self.assertEqual(error.exception.type, "authentication_error")
        auditor = self.client(os.environ["CANDOR_AUDITOR_KEY"])
        self.assertEqual([it.id for it in auditor.models.list()], [MODEL, THINKER])
        with self.assertRaises(openai.PermissionDeniedError) as error:
            auditor.chat.completions.create(**asked())
        self.assertEqual(error.exception.code, "governance.not-permitted")

    def test_limits(self):
        client = self.client(os.environ["CANDOR_KEY"], max_retries=0)
        with self.assertRaises(openai.RateLimitError) as error:
            for _ in range(20):
                client.chat.completions.create(**asked())
        self.assertEqual(error.exception.code, "rate_limit_exceeded")
        self.assertGreater(int(error.exception.response.headers["retry-after"]), 0)


if __name__ == "__main__":
    unittest.main()
