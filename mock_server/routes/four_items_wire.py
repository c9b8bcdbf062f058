"""The JSON of a search by 基本4情報 as a model, for reading and for OpenAPI. Invented: no such message is public."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mock_server.four_items import LONGEST, MODES, SEXES
from mock_server.routes.message_schema import DAY, PLAIN_TEXT
from mock_server.wire import Institution, Query


class FourItemsQuery(Query):
    """What stands on the face of a card. Invented and unverified: the real search has no public message."""

    institution: Institution
    mode: Annotated[
        str,
        Field(
            description="outage: about whoever was noted in a システム障害; disaster: 災害時",
            examples=["outage"],
            json_schema_extra={"enum": list(MODES)},
        ),
    ]
    name: Annotated[
        str,
        Field(
            description="氏名, never a 個人番号",
            examples=["協会　太郎"],
            json_schema_extra={"pattern": PLAIN_TEXT, "maxLength": LONGEST},
        ),
    ]
    birthdate: Annotated[
        str,
        Field(description="生年月日, YYYYMMDD", examples=["19850615"], json_schema_extra={"pattern": f"^{DAY}$"}),
    ]
    sex: Annotated[str, Field(description="性別: 1 男, 2 女", examples=["1"], json_schema_extra={"enum": list(SEXES)})]
    address: Annotated[
        str,
        Field(
            description="住所, never a 個人番号",
            examples=["東京都千代田区霞が関1-2-2"],
            json_schema_extra={"pattern": PLAIN_TEXT, "maxLength": LONGEST},
        ),
    ]
