"""What schemathesis cannot know: what is there and allowed, and that long answers show nothing more."""

import schemathesis

MODEL = "candor-mini"
FEW = {"/v1/chat/completions": "max_tokens", "/v1/completions": "max_tokens", "/v1/responses": "max_output_tokens"}


@schemathesis.hook
def map_body(context, body):
    """A model that is not there is refused before the rest of a request is looked at."""
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        body = {**body, "model": MODEL}
        # So is a purpose that no policy allows, or somebody who has not consented.
        if isinstance(body.get("candor"), dict):
            body["candor"] = {k: v for k, v in body["candor"].items() if not isinstance(v, str)}
        path = context.operation.path
        if path in FEW and "max_completion_tokens" not in body:
            body.setdefault(FEW[path], 4)
        elif path in ("/api/chat", "/api/generate"):
            body.setdefault("options", {"num_predict": 4})
    return body
