"""The JSON of 利用登録 as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mock_server.wire import Base64, Institution, Moment, Nonce, Query


class RegistrationQuery(Query):
    """A challenge for `registration` and the card that signed it.

    `method` and `public_key` are refused by name: nobody is registered by face or 目視, and no real card is.
    """

    # What is missing is refused by a name of its own, so the model lets it pass.
    model_config = ConfigDict(json_schema_extra={"required": ["institution", "nonce", "certificate", "signature"]})

    institution: Institution
    nonce: Nonce = ""
    certificate: Annotated[Base64, Field(description="利用者証明用 certificate of the card, DER, base64")] = ""
    signature: Base64 = ""
    method: Annotated[str, Field(description="always refused (顔認証, 目視)", json_schema_extra={"enum": [""]})] = ""
    public_key: Annotated[str, Field(description="always refused (a real card)", json_schema_extra={"enum": [""]})] = ""


class RegistrationAnswer(BaseModel):
    """The card has the 利用登録 now."""

    registered: bool
    already: Annotated[bool, Field(description="it had it before; nothing was changed")]
    at: Annotated[Moment | None, Field(description="when it was made here; null for a card that came with it")]
